import { describe, expect, it } from 'vitest';
import { stored } from '../../test/filled.ts';
import { webOn } from '../../test/web.ts';
import { health, ready } from './health-schema.ts';

describe('what a supervisor is told', () => {
  it('is as it is described, and nothing else', async () => {
    const { folder, store } = stored();
    const { get } = await webOn(folder, store);
    expect(health.strict().parse((await get('/healthz')).json)).toEqual({ status: 'ok' });
    expect(Object.keys(ready.strict().parse((await get('/readyz')).json))).toEqual([
      'status',
      'listening',
      'storing',
      'problems',
    ]);
  });

  it.each([
    {},
    { status: 'up', listening: true, storing: true, problems: {} },
    { status: 'ready', listening: 'yes', storing: true, problems: {} },
    { status: 'ready', listening: true, storing: true, problems: { X: -1 } },
  ])('is not %j', (said) => {
    expect(ready.safeParse(said).success).toBe(false);
  });
});
