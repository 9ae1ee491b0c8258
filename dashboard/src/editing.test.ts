import { beforeEach, describe, expect, it, vi } from 'vitest';

const control = (what: { type?: string; value?: string; isConnected?: boolean; inForm?: boolean }) => ({
  isConnected: true,
  value: '',
  ...what,
  closest: () => (what.inForm === true ? {} : null),
});
let asking: object | null;

async function begin() {
  vi.resetModules();
  return import('./editing.ts');
}

beforeEach(() => {
  asking = null;
  const listeners: Record<string, (event: object) => void> = {};
  vi.stubGlobal('document', {
    listeners,
    querySelector: () => asking,
    addEventListener: (name: string, listener: () => void) => {
      listeners[name] = listener;
    },
  });
});

describe('somebody is at work', () => {
  it('while a field holds what they wrote, and the field is there', async () => {
    const { isEdited, noteActivity } = await begin();
    expect(isEdited(0)).toBe(false);
    const field = control({ type: 'text', value: 'abc' });
    noteActivity(field, 0);
    expect(isEdited(1)).toBe(true);
    field.value = '';
    expect(isEdited(1)).toBe(false);
    field.value = 'abc';
    field.isConnected = false;
    expect(isEdited(1)).toBe(false);
  });

  it('with a choice of a form, not with a filter of a view', async () => {
    const { isEdited, noteActivity } = await begin();
    noteActivity(control({ type: 'checkbox', value: 'on' }), 0);
    expect(isEdited(1)).toBe(false);
    noteActivity(control({ type: 'checkbox', value: 'on', inForm: true }), 0);
    expect(isEdited(1)).toBe(true);
  });

  it('before a question that waits for an answer', async () => {
    const { isEdited, watchEditing } = await begin();
    watchEditing();
    asking = {};
    expect(isEdited(Date.now())).toBe(false);
    const { listeners } = document as unknown as { listeners: Record<string, (event: object) => void> };
    listeners.keydown?.({});
    expect(isEdited(Date.now())).toBe(true);
    asking = null;
    listeners.input?.({ target: control({ value: 'x' }) });
    expect(isEdited(Date.now())).toBe(true);
  });

  it('no longer half an hour after they left', async () => {
    const { isEdited, noteActivity } = await begin();
    noteActivity(control({ value: 'abc' }), 0);
    expect(isEdited(30 * 60_000)).toBe(true);
    expect(isEdited(30 * 60_000 + 1)).toBe(false);
    noteActivity(null, 40 * 60_000);
    expect(isEdited(40 * 60_000)).toBe(true);
  });
});
