import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity, reading, SERIAL, T, temporaryFolder } from '../../../test/records.ts';
import { placeOf } from '../../store/backup/way-back.ts';
import { type PoolOptions, QueryPool } from './pool.ts';

function poolOn(folder: string, options: Partial<PoolOptions> = {}) {
  const failures: string[] = [];
  const failed = (detail: string) => void failures.push(detail);
  const pool = new QueryPool({ setting: { ...placeOf(folder), timeZone: 'UTC' }, failed, ...options });
  onTestFinished(() => pool.stop());
  return { pool, failures };
}

/** A thread that does as its question says: `answer`, `exit`, `throw`, `hang`. */
function obedient(): { script: URL } {
  const file = join(temporaryFolder(), 'obedient.mjs');
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
     parentPort.on('message', ({ number, asked }) => {
       if (asked.battery === 'exit') process.exit(3);
       if (asked.battery === 'throw') throw new Error('on purpose');
       if (asked.battery === 'hang') for (;;);
       parentPort.postMessage({ number, json: JSON.stringify([asked.battery]) });
     });`,
  );
  return { script: pathToFileURL(file) };
}

describe('a question', () => {
  it('is answered by a thread, which begins with the first', async () => {
    const { folder, store } = stored(identity(), reading('live', T, { soc: 5 }));
    const { pool } = poolOn(folder);
    expect(pool.awake).toBe(false);
    const battery = store.idOf(SERIAL) ?? '';
    expect(await pool.ask('gaps', { battery })).toEqual([]);
    expect(pool.awake).toBe(true);
    const line = { battery, from: T, to: T + 60, fields: ['soc'], points: 60 };
    expect(await pool.ask('readings', line)).toMatchObject({ source: 'live', start_seconds: [T] });
    store.commit([reading('live', T + 10, { soc: 6 })]);
    expect(await pool.ask('readings', line)).toMatchObject({ start_seconds: [T, T + 10] });
  });

  it('fails where no thread can be started, and so does the next at once', async () => {
    // Refused by the constructor itself, as it is where no file descriptor is left.
    const { pool, failures } = poolOn(temporaryFolder(), { script: new URL('http://example.invalid/script.mjs') });
    const both = [pool.ask('gaps', { battery: 'a' }), pool.ask('gaps', { battery: 'b' })];
    for (const one of both) await expect(one).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    expect(failures).toHaveLength(2);
    expect(pool.awake).toBe(false);
  });

  it('that is wrong is said so, and no failure', async () => {
    const { folder } = stored(identity());
    const { pool, failures } = poolOn(folder);
    const asked = {
      battery: 'x',
      from: T,
      to: T + 60,
      fields: ['soc', 'cell_voltage_min', 'load_power_method'],
      points: 1,
    };
    await expect(pool.ask('readings', asked)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(failures).toEqual([]);
  });

  it('that the store cannot answer is a failure for the log alone', async () => {
    const { pool, failures } = poolOn('/nowhere');
    await expect(pool.ask('gaps', {})).rejects.toMatchObject({ code: 'QUERY_FAILED', message: '' });
    expect(failures).toEqual([expect.stringContaining('/nowhere')]);
  });

  it.each(['exit', 'throw'])('at which the thread dies costs nobody else his answer: %s', async (battery) => {
    const { pool, failures } = poolOn('', obedient());
    const [dies, lives] = await Promise.allSettled([pool.ask('gaps', { battery }), pool.ask('gaps', { battery: 'a' })]);
    expect(dies).toMatchObject({ status: 'rejected', reason: { code: 'QUERY_FAILED' } });
    expect(lives).toMatchObject({ status: 'fulfilled', value: ['a'] });
    expect(failures).toHaveLength(1);
  });

  it('that takes too long is broken off', async () => {
    const { pool } = poolOn('', { ...obedient(), timeoutMs: 300 });
    const asked = ['hang', 'a'].map((battery) => pool.ask('gaps', { battery }));
    const [hangs, lives] = await Promise.allSettled(asked);
    expect(hangs).toMatchObject({ status: 'rejected', reason: { code: 'QUERY_TOO_LONG' } });
    expect(lives).toMatchObject({ status: 'fulfilled', value: ['a'] });
  });

  it('is one of few that wait', async () => {
    const { pool } = poolOn('', { ...obedient(), maxWaiting: 2 });
    const asked = ['a', 'b', 'c', 'd'].map((battery) => pool.ask('gaps', { battery }));
    const answers = await Promise.allSettled(asked);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(answers[3]).toMatchObject({ reason: { code: 'SERVER_BUSY', headers: { 'retry-after': '2' } } });
  });
});

describe('the thread', () => {
  it('ends after a while without a question, and begins anew with the next', async () => {
    const { pool, failures } = poolOn('', { ...obedient(), idleMs: 50 });
    await pool.ask('gaps', { battery: 'a' });
    await expect.poll(() => pool.awake).toBe(false);
    expect(await pool.ask('gaps', { battery: 'b' })).toEqual(['b']);
    expect(failures).toEqual([]);
  });

  it('ends when the server stops, and those who wait are told', async () => {
    const { pool } = poolOn('', obedient());
    const asked = [pool.ask('gaps', { battery: 'hang' }), pool.ask('gaps', { battery: 'a' })];
    const answers = Promise.allSettled(asked);
    await pool.stop();
    expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(pool.ask('gaps', {})).rejects.toMatchObject({ code: 'SERVER_BUSY' });
    expect(pool.awake).toBe(false);
  });
});
