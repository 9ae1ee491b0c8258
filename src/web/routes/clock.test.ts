import { expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { webOn } from '../../../test/web.ts';

it('the server’s own clock is doubted in a sentence, until its owner confirms it', async () => {
  const { folder, store } = stored();
  let doubt: string | null = 'it shows another year';
  const clock = {
    doubt: () => doubt,
    confirm: () => {
      doubt = null;
      return true;
    },
  };
  const { get, ask } = await webOn(folder, store, { clock });
  const ours = { 'x-requested-by': 'test', 'content-type': 'application/json' };
  expect(await get('/api/clock')).toMatchObject({ status: 200, json: { doubt: 'it shows another year' } });
  for (const body of ['{}', '{"confirm":false}', '{"confirm":true,"x":1}'])
    expect(await ask('POST', '/api/clock', ours, body)).toMatchObject({
      status: 400,
      json: { code: 'REQUEST_INVALID' },
    });
  expect((await get('/api/clock')).json.doubt).not.toBeNull();
  expect(await ask('POST', '/api/clock', ours, '{"confirm":true}')).toMatchObject({
    status: 200,
    json: { doubt: null },
  });
  expect((await get('/api/clock')).json).toEqual({ doubt: null });
});
