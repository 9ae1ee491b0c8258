import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { leadingTo, outside } from '../../../test/outside.ts';
import { temporaryFolder } from '../../../test/records.ts';
import type { Checked } from './soundness-process.ts';
import { type Outside, Surroundings } from './surroundings.ts';

const around = (change: Partial<Outside> = {}, folder = temporaryFolder()) => new Surroundings(folder, outside(change));

describe('the surroundings', () => {
  it('are seen', async () => {
    expect(await around().look()).toMatchObject({
      machine: { addresses: [{ kind: 'own', text: '192.168.1.20' }], container: false },
      names: [{ name: 'www.alphaess.com', resolver: null, a: [{ kind: 'own' }], aaaa: [] }],
      kernel: 'synchronised',
      data: { exists: false, soundness: 'unknown', unreadable: null },
    });
  });

  it('are looked at anew after a while, and once for all who ask at a time', async () => {
    let [now, asked] = [0, 0];
    const nameServers = () => {
      asked++;
      return [leadingTo('203.0.113.9')];
    };
    const seen = around({ nameServers, monoMs: () => now });
    await Promise.all([seen.look(), seen.look(), seen.look()]);
    now += 9999;
    await seen.look();
    expect(asked).toBe(1);
    now += 1;
    await seen.look();
    expect(asked).toBe(2);
  });

  it('have a database whose check is not waited for, and whose result comes later', async () => {
    const { promise, resolve } = Promise.withResolvers<Checked>();
    let checks = 0;
    const check = () => {
      checks++;
      return promise;
    };
    const { folder } = stored();
    let patience: Promise<unknown> = Promise.resolve();
    const seen = around({ check, checkPatience: () => patience }, folder);
    expect((await seen.look()).data).toMatchObject({ exists: true, soundness: 'unknown' });
    patience = new Promise(() => {});
    resolve({ soundness: { damage: 'page 7' }, unreadable: null });
    expect((await seen.look()).data).toMatchObject({ soundness: { damage: 'page 7' } });
    expect(checks).toBe(1);
  });

  it('are let go: a check under way is ended', async () => {
    let signal: AbortSignal | null = null;
    const check = (given: AbortSignal) => {
      signal = given;
      return new Promise<never>(() => {});
    };
    const seen = around({ check, checkPatience: () => Promise.resolve() }, stored().folder);
    await seen.look();
    seen.stop();
    expect(signal).toMatchObject({ aborted: true });
  });
});
