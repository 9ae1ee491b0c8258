import { describe, expect, it } from 'vitest';
import { checkLayout, sourcesIn } from './check-layout.ts';

/** Findings on one file, without those about tests and exceptions that a lone file must have. */
function importFindings(path: string, text: string): string[] {
  return checkLayout([{ path, text }]).filter((line) => !/no test beside|without need|is not there/.test(line));
}

describe('who may import whom', () => {
  it.each([
    ['src/protocol/frame.ts', "import { Session } from '../session/session.ts';"],
    ['src/protocol/frame.ts', "import type { Session } from '../session/session.ts';"],
    ['src/protocol/frame.ts', "export * from '../session/session.ts';"],
    ['src/protocol/frame.ts', "import {\n  a,\n  type B,\n} from '../store/store.ts';"],
    ['src/protocol/frame.ts', "type S = import('../session/session.ts').Session;"],
    ['src/protocol/frame.test.ts', "import { Battery } from '../simulator/battery/battery.ts';"],
    ['src/session/session.ts', "import { App } from '../app/app.ts';"],
    ['src/server/listener.ts', "import { SqliteStore } from '../store/sqlite/sqlite-store.ts';"],
    ['src/server/listener.ts', "import { type Store, StoreError, RETENTION } from '../store/store.ts';"],
    ['src/simulator/battery/battery.ts', "import { Session } from '../../session/session.ts';"],
    ['src/simulator/battery/battery.test.ts', "import { Session } from '../../session/session.ts';"],
    ['src/store/sqlite/sqlite-store.ts', "import { parse } from '../../protocol/messages.ts';"],
    ['src/store/sqlite/sqlite-store.ts', "import { mqtt } from '../../sinks/mqtt/mqtt.ts';"],
    ['src/sinks/mqtt/mqtt.ts', "import type { Store } from '../../store/store.ts';"],
    ['src/web/api.ts', "import { RETENTION } from '../store/store.ts';"],
    [
      'src/web/live/feed.ts',
      "const worker = new Worker(new URL('../../store/sqlite/reading/reader.ts', import.meta.url));",
    ],
    ['src/config/load.ts', "import { redact } from '../privacy/redact.ts';"],
    ['src/cli/export.ts', "import { Listener } from '../server/listener.ts';"],
    ['src/privacy/redact.ts', "import '../app/app.ts';"],
    ['dashboard/src/api.ts', "import { Session } from '../../src/session/session.ts';"],
    ['dashboard/src/api.ts', "import { schema } from '../../src/web/schema.ts';"],
    ['scripts/fields-doc.ts', "import { App } from '../src/app/app.ts';"],
  ])('finds in %s: %s', (path, text) => {
    expect(importFindings(path, text)).toEqual([
      expect.stringMatching(/^\S+\.tsx?:1: imports .*; hand the value in, /),
    ]);
  });

  it.each([
    ['src/protocol/frame.ts', "import { crc16 } from './crc16.ts';\nimport type { Battery } from '../model.ts';"],
    ['src/protocol/frame.ts', " * import { Session } from '../session/session.ts';"],
    ['src/protocol/frame.ts', "// not import('../app/app.ts')"],
    ['src/protocol/frame.ts', `const said = "import('../app/app.ts')";`],
    ['src/session/session.ts', "import { FrameDecoder } from '../protocol/frame.ts';"],
    ['src/session/session.test.ts', "import { dialogue } from '../../test/dialogue.ts';"],
    ['src/server/listener.ts', "import { type Store, StoreError } from '../store/store.ts';"],
    ['src/server/committer.test.ts', "import { SqliteStore } from '../store/sqlite/sqlite-store.ts';"],
    [
      'src/store/sqlite/sqlite-store.ts',
      "import { FIELDS } from '../../protocol/fields/fields.ts';\nimport { base } from './migrations/0001-base.ts';",
    ],
    ['src/store/sqlite/migrations/0001-base.ts', "import { column } from '../file/schema.ts';"],
    ['src/web/api.ts', "import { type Store } from '../store/store.ts';"],
    ['src/config/load.ts', "import { OwnerError } from '../problems/errors.ts';"],
    ['src/config/load.test.ts', "import { loadConfig } from './load.ts';"],
    ['src/app/app.ts', "import { Listener } from '../server/listener.ts';"],
    ['src/cli.ts', "import { main } from './cli/main.ts';"],
    ['src/cli/serve.ts', "import { startApp } from '../app/app.ts';"],
    ['dashboard/src/api.ts', "import type { Now } from '../../src/web/schema.ts';"],
    ['dashboard/src/parts/chart.tsx', "import uplot from 'uplot';"],
    ['bench/main.ts', "import { openStore } from '../src/store/sqlite/sqlite-store.ts';"],
    ['test/whole.test.ts', "import { startApp } from '../src/app/app.ts';"],
  ])('lets %s: %s', (path, text) => {
    expect(importFindings(path, text)).toEqual([]);
  });

  it('wants a row for every room', () => {
    expect(importFindings('src/attic/box.ts', '')).toEqual([
      expect.stringContaining('src/attic/box.ts:1: no row of ROOMS'),
    ]);
  });

  it('names the line', () => {
    const text = "import { a } from './a.ts';\n\nexport { App } from '../app/app.ts';";
    expect(importFindings('src/web/api.ts', text)).toEqual([
      expect.stringMatching(/^src\/web\/api\.ts:3: imports src\/app/),
    ]);
  });
});

describe('the world outside', () => {
  it.each([
    ['src/protocol/frame.ts', "import { Buffer } from 'node:buffer';"],
    ['src/session/session.ts', "import pino from 'pino';"],
    ['src/simulator/house/house.ts', "import { readFileSync } from 'node:fs';"],
    ['src/store/sqlite/sqlite-store.ts', "import { connect } from 'node:net';"],
    ['src/cli/export.ts', "import { lookup } from 'node:dns/promises';"],
    ['src/app/app.ts', "import { createServer, isIP } from 'node:net';"],
    ['src/server/committer.ts', "import { DatabaseSync } from 'node:sqlite';"],
    ['src/cli/export.ts', "const { DatabaseSync } = await import('node:sqlite');"],
  ])('is not for %s: %s', (path, text) => {
    expect(importFindings(path, text)).toEqual([expect.stringContaining(`${path}:1: imports `)]);
  });

  it.each([
    ['src/protocol/frame.test.ts', "import { readFileSync } from 'node:fs';"],
    ['src/server/listener.ts', "import { createServer } from 'node:net';"],
    ['src/simulator/fleet.ts', "import { connect } from 'node:net';"],
    ['src/cli/peer.ts', "import { connect } from 'node:net';"],
    ['src/app/app.ts', "import { isIP, type Socket } from 'node:net';"],
    ['src/store/sqlite/file/schema.ts', "import type { DatabaseSync } from 'node:sqlite';"],
    ['src/web/api.ts', "import fastify from 'fastify';"],
    ['bench/year.ts', "import { DatabaseSync } from 'node:sqlite';"],
  ])('is open to %s: %s', (path, text) => {
    expect(importFindings(path, text)).toEqual([]);
  });

  it.each([
    'const now = Date.now();',
    'const now = new Date();',
    'const now = performance.now();',
    'setTimeout(wake, 10);',
    'const timer = setInterval(wake, 10);',
    'if (process.env.DEBUG) log();',
    'console.log(frame);',
    'const chance = Math.random();',
  ])('has a clock, chance and timers, which the core must not use: %s', (text) => {
    for (const path of ['src/protocol/frame.ts', 'src/session/session.ts', 'src/simulator/house/house.ts']) {
      expect(importFindings(path, `\n${text}`)).toEqual([
        expect.stringMatching(/^src\/.*:2: says .*; take it as an arg/),
      ]);
    }
    for (const path of ['src/session/session.test.ts', 'src/simulator/fleet.ts', 'src/server/listener.ts']) {
      expect(importFindings(path, text)).toEqual([]);
    }
  });

  it('may be spoken of', () => {
    expect(
      importFindings('src/session/clock/clock.ts', '/**\n * Never Date.now(): time is an argument.\n */\n'),
    ).toEqual([]);
    expect(importFindings('src/session/clock/clock.ts', 'const at = now; // not Date.now()\nupdateDate(now);')).toEqual(
      [],
    );
  });
});

describe('files', () => {
  const lone = (path: string, text = '') =>
    checkLayout([{ path, text }]).filter((line) => !line.includes('without need'));

  it('wants a test beside every source, and a source beside every test', () => {
    expect(lone('src/store/sqlite/sqlite-store.ts')).toEqual([
      expect.stringContaining('write src/store/sqlite/sqlite-store.test.ts'),
    ]);
    expect(lone('src/store/sqlite/sqlite-store.test.ts')).toEqual([
      expect.stringContaining('tests src/store/sqlite/sqlite-store.ts, which is not'),
    ]);
    expect(lone('src/store/sqlite/sqlite-store.outbox.test.ts')).toEqual([
      expect.stringContaining('tests src/store/sqlite/sqlite-store.ts, which is not'),
    ]);
    expect(lone('src/sinks/contract.test.ts')).toEqual([]);
    expect(lone('test/dialogue.ts')).toEqual([]);
    expect(lone('scripts/setup.mjs')).toEqual([]);
  });

  it('wants no source over 400 lines', () => {
    expect(lone('bench/main.ts', 'a;\n'.repeat(400))).toEqual([]);
    expect(lone('bench/main.ts', 'a;\n'.repeat(401))).toEqual([
      expect.stringMatching(/^bench\/main\.ts:401: has 401 lines/),
    ]);
  });

  it('wants no exception that nothing needs', () => {
    expect(checkLayout([])).toContainEqual(
      expect.stringMatching(/^src\/sinks\/contract\.test\.ts:1: is an exception .* take it out$/),
    );
  });

  it('are found in this checkout', () => {
    const root = new URL('..', import.meta.url).pathname;
    expect(sourcesIn(root).map((file) => file.path)).toEqual(
      expect.arrayContaining(['scripts/setup.mjs', 'src/model.ts']),
    );
  });
});
