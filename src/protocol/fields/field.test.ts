import { describe, expect, it } from 'vitest';
import * as model from '../../model.ts';
import { READING_KINDS } from './field.ts';

describe('the kinds of reading', () => {
  it('are the three of the model, handed on for the field table', () => {
    expect(READING_KINDS).toEqual(['live', 'detail', 'history']);
    expect(READING_KINDS).toBe(model.READING_KINDS);
  });
});
