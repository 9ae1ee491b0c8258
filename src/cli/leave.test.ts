import { describe, expect, it } from 'vitest';
import { answering } from '../../test/answering-server.ts';
import { run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';

const seen = (sentence: string) => ({ done: true, sentence });
const todo = (sentence: string) => ({ done: false, sentence });
type Step = ReturnType<typeof seen>;

function report(done: boolean, settings: Step, redirect: Step): object {
  const newest = [{ time: null, name: 'log', text: 'odd\u001b[2J' }];
  const unseen = { since: '2026-11-27T06:00:00.000Z', sentence: 'the vendor has received nothing', newest };
  const stays = ['change 2: the lowest charge 20 %'];
  return { since: null, done, redirect, batteries: [{ name: 'Home', settings, stays, gone: seen('gone'), unseen }] };
}

describe('the command leave', () => {
  it('needs the server: nobody else undoes anything', async () => {
    const { code, err } = await run(['leave', '--data', temporaryFolder()]);
    expect([code, err]).toEqual([1, expect.stringContaining('no server runs on this data folder: start it')]);
  });

  it('waits until batteries are put back, lets them go, and says what is still to be done', async () => {
    const { data, asked } = await answering(
      report(false, todo('a hold is being undone'), todo('here')),
      report(false, todo('a hold is being undone'), todo('here')),
      report(false, seen('as before'), todo('take the entry away')),
    );
    const { code, out, err } = await run(['leave', '--data', data]);
    expect(code).toBe(1);
    expect(err).toBe('Home: a hold is being undone\n');
    expect(out).toBe(
      [
        'Home',
        '  seen     as before',
        '           set by you, and left so: change 2: the lowest charge 20 %',
        '  seen     gone',
        '  note     since 2026-11-27T06:00:00.000Z: the vendor has received nothing',
        '           undated  log odd�[2J',
        'DNS',
        '  todo     take the entry away',
        '',
        'Not done yet: see what is marked with “todo”, then run this again.',
        '',
      ].join('\n'),
    );
    const post = 'POST /api/leave {"confirm":"leave"}';
    expect(asked).toEqual([post, 'GET /api/leave ', 'GET /api/leave ', post]);
  });

  it('is done only where the server has seen all of it, and does not wait for ever', async () => {
    const done = await answering(report(true, seen('as before'), seen('elsewhere')));
    expect(await run(['leave', '--data', done.data])).toMatchObject({
      code: 0,
      out: expect.stringContaining('\nDone: '),
    });
    const away = await answering(report(false, todo('not connected'), todo('here')));
    expect(await run(['leave', '--wait', '0', '--data', away.data])).toMatchObject({ code: 1, err: '' });
    expect(away.asked).toHaveLength(1);
  });

  it('does nothing, where that is wanted, unless a battery has something to be undone', async () => {
    const none = await answering(report(false, seen('changed nothing'), todo('here')));
    const ended = await run(['leave', '--if-needed', '--data', none.data]);
    expect([ended.code, ended.out]).toEqual([0, 'No battery has anything to be undone.\n']);
    expect(none.asked).toEqual(['GET /api/leave ']);
    const some = await answering(report(false, todo('a hold is active'), todo('here')));
    expect((await run(['leave', '--if-needed', '--wait', '0', '--data', some.data])).code).toBe(1);
    expect(some.asked).toEqual(['GET /api/leave ', 'POST /api/leave {"confirm":"leave"}']);
  });

  it('only looks, or takes it back, where that is wanted', async () => {
    const { data, asked } = await answering(report(false, seen('as before'), todo('here')));
    expect((await run(['leave', '--check', '--data', data])).code).toBe(1);
    expect((await run(['leave', '--cancel', '--data', data])).out).toContain('You stay');
    expect(asked).toEqual(['GET /api/leave ', 'DELETE /api/leave ']);
  });
});
