import { expect, it } from 'vitest';
import { version } from './version.ts';

it('is the package’s', () => {
  expect(version()).toMatch(/^\d+\.\d+\.\d+/);
});
