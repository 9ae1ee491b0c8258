import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { CLI, endAll, exported, folder, NODE } from '../../test/server.ts';
import { chatter, recordingOf, TAPPED } from '../../test/tapped.ts';

afterEach(endAll);

const HERE = ['--battery-listen', '127.0.0.1:0', '--web-listen', '127.0.0.1:0'];

describe('tap -', () => {
  it('keeps what a recording by standard input holds, and ends with it', async () => {
    const data = folder();
    const { code, out } = await run(['tap', '-', ...HERE, '--data', data], { stdin: recordingOf(chatter(3)) });
    expect(code).toBe(1);
    expect(out).toContain('heard by tap');
    expect(out).toContain('TAP_ENDED');
    const rows = await exported(data, 'live', '--private');
    expect(rows.map(({ serial, pv1_power: power }) => [serial, power])).toEqual(Array(3).fill([TAPPED, 1890]));
  });

  it('says that it is no recording', async () => {
    const { code, out } = await run(['tap', '-', ...HERE, '--data', folder()], { stdin: 'hello, hello' });
    expect(code).toBe(1);
    expect(out).toContain('TAP_GARBLED');
  });

  it('takes standard input alone', async () => {
    const { code, err } = await run(['tap', 'capture.pcap', '--data', folder()]);
    expect([code, err]).toEqual([2, expect.stringContaining('give - for it')]);
  });

  it('takes no file, which is of another time', async () => {
    const file = join(folder(), 'capture.pcap');
    writeFileSync(file, recordingOf(chatter(1)));
    const child = spawn(NODE, [CLI, 'tap', '-', ...HERE, '--data', folder()], {
      stdio: [openSync(file, 'r'), 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (text: Buffer) => {
      said += text.toString();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, said]).toEqual([2, expect.stringContaining('standard input is a file')]);
  });
});
