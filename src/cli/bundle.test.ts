import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FakeIo, run } from '../../test/io.ts';
import { identity, reading, SERIAL, T, temporaryFolder } from '../../test/records.ts';
import { entriesOf } from '../bundle/zip.ts';
import { SqliteStore } from '../store/sqlite/sqlite-store.ts';

function house(): { folder: string; out: string } {
  const folder = temporaryFolder();
  const store = SqliteStore.open({ folder, timeZone: 'UTC' });
  store.commit([identity(), reading('live', T, { soc: 50 })]);
  store.close();
  return { folder, out: join(folder, 'bundle.zip') };
}

/** Somebody at a terminal who types that. */
async function typing(text: string, argv: readonly string[]) {
  const io = new FakeIo({ stdin: text });
  Object.assign(io.stdin, { isTTY: true });
  const code = await io.run(...argv);
  return { code, out: io.out, err: io.err };
}

describe('the command bundle', () => {
  it('shows what it has, asks, and writes it for its owner alone', async () => {
    const { folder, out } = house();
    const { code, err, out: said } = await typing('yes\n', ['bundle', '--data', folder, '--out', out]);
    expect([code, said]).toEqual([0, `${out} was written\n`]);
    expect(err).toMatch(/^The bundle has:\n {2}README\.txt +[\d,]+ bytes {2}what is in it/);
    expect(err).toContain('searched for private values: none found');
    expect(err).toContain(`Type yes to write it to ${out}: `);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const names = entriesOf(readFileSync(out)).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['README.txt', 'version.json', 'doctor.json', 'frames.jsonl']));
    expect(readFileSync(out).includes(SERIAL)).toBe(false);
  });

  it.each(['no\n', ''])('writes nothing where the answer is %j', async (answer) => {
    const { folder, out } = house();
    expect(await typing(answer, ['bundle', '--data', folder, '--out', out])).toMatchObject({ code: 1, out: '' });
    expect(existsSync(out)).toBe(false);
  });

  it('asks for --yes where nobody can be asked, and writes over nothing', async () => {
    const { folder, out } = house();
    expect(await run(['bundle', '--data', folder, '--out', out])).toMatchObject({
      ...{ code: 2, err: expect.stringContaining('give --yes') },
    });
    writeFileSync(out, 'mine');
    const again = await run(['bundle', '--data', folder, '--out', out, '--yes']);
    expect(again).toMatchObject({
      code: 1,
      err: expect.stringContaining('it is there already: give --out another name'),
    });
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('needs a house', async () => {
    const { folder } = house();
    const none = await run(['bundle', '--data', join(folder, 'none'), '--yes']);
    expect(none).toMatchObject({ code: 1, err: expect.stringContaining('there is no data in') });
  });
});
