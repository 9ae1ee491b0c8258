/**
 * The npm package: its size and what is in it; installed for all projects, by Node 24 and by one that is too old.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endAll, folder, NODE } from '../server.ts';
import { ARTIFACTS, build, must, ROOT, ran, VERSION } from './built.ts';
import { registryWith } from './registry.ts';
import { livesThrough } from './trial.ts';

const TARBALL = join(ARTIFACTS, `alphaess-local-${VERSION}.tgz`);
const BOM = join(ARTIFACTS, `alphaess-local-${VERSION}.cdx.json`);
const MOST_BYTES = 400_000;
const PATH = process.env.PATH ?? '';
/** Without what an npm that has started this test wants of npm. */
const CLEAN = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
const NODE_24 = { ...CLEAN, PATH: `${dirname(NODE)}${delimiter}${PATH}` };
const OLD = oldNode();

/** A Node of the machine's own that is too old, as it is found behind the checkout's. */
function oldNode(): { readonly bin: string; readonly version: string } | null {
  for (const bin of PATH.split(delimiter).filter((place) => !place.includes('node_modules'))) {
    const version = /^v(\d+\..*)\n/.exec(ran(join(bin, 'node'), ['--version']).out)?.[1];
    if (version !== undefined && Number.parseInt(version, 10) < 24) return { bin, version };
  }
  return null;
}

interface Locked {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly dev?: boolean; readonly resolved?: string }>
  >;
}

/** What is in the tarball, by its name. */
const inside = (name: string) => must('tar', ['-xzOf', TARBALL, `package/${name}`]);
const manifest = () => JSON.parse(inside('package.json')) as { version: string; dependencies: Record<string, string> };

/** npm, while this process goes on: it may be asked by it. */
function npm(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<{ code: number | null; out: string }> {
  const child = spawn('npm', args, { env: environment });
  let out = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (out += text));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out })));
}

/** Installs it from a registry, as its users do. What setup has fetched for this checkout is in npm's cache, and not fetched again. */
async function installed(prefix: string, environment: NodeJS.ProcessEnv): ReturnType<typeof npm> {
  const others = (await npm(['config', 'get', 'registry'], environment)).out.trim();
  const registry = await registryWith(TARBALL, manifest(), others);
  const place = ['--prefix', prefix, '--registry', registry, '--prefer-offline', '--loglevel', 'warn'];
  return npm(['install', '--global', ...place, 'alphaess-local'], environment);
}

afterEach(endAll);

beforeAll(() => {
  build('npm');
});

describe('the tarball', () => {
  it('is small, without pictures, and the same bytes each time', () => {
    const first = readFileSync(TARBALL);
    expect(statSync(TARBALL).size).toBeLessThanOrEqual(MOST_BYTES);
    const names = must('tar', ['-tzf', TARBALL]).trim().split('\n');
    expect(names.filter((name) => /\.(?:png|jpe?g|gif|test\.js|ts|map)$/.test(name))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(['package/npm-shrinkwrap.json', 'package/README.md', 'package/LICENSE']),
    );
    build('npm');
    expect(readFileSync(TARBALL).equals(first)).toBe(true);
  });

  it('says which versions it was tested with, as this checkout has them', () => {
    const here = (JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Locked).packages;
    const there = (JSON.parse(inside('npm-shrinkwrap.json')) as Locked).packages;
    const versions = (packages: Locked['packages']) =>
      Object.entries(packages)
        .filter(([name, { dev }]) => name !== '' && dev !== true)
        .map(([name, { version }]) => [name, version]);
    expect(versions(there)).toEqual(versions(here));
    expect(Object.entries(there).filter(([name, { resolved }]) => name !== '' && resolved === undefined)).toEqual([]);
    for (const [name, range] of Object.entries(manifest().dependencies))
      expect([name, range]).toEqual([name, here[`node_modules/${name}`]?.version]);
  });

  it('has no docs, and its page knows', () => {
    expect(must('tar', ['-tzf', TARBALL])).not.toMatch(/package\/(?:.*\/)?docs\//);
    expect(inside('dist/dashboard/index.html')).toContain('<meta name="docs" content="absent">');
  });

  it('has the licences of what is built into its page', () => {
    const texts = inside('THIRD-PARTY-LICENSES.txt');
    for (const name of ['preact', '@preact/signals', 'uplot'])
      expect(texts).toMatch(new RegExp(`^${name} [\\d.]+, MIT`, 'm'));
    expect(texts).toContain('Permission is hereby granted');
  });

  it('has a bill of materials beside it, with every package and its licence', () => {
    const bom = JSON.parse(readFileSync(BOM, 'utf8')) as {
      bomFormat: string;
      components: { name: string; licenses?: [] }[];
    };
    const there = Object.keys((JSON.parse(inside('npm-shrinkwrap.json')) as Locked).packages).length - 1;
    expect([bom.bomFormat, bom.components.length]).toEqual(['CycloneDX', there]);
    expect(bom.components.filter(({ licenses = [] }) => licenses.length === 0)).toEqual([]);
  });
});

describe('installed for all projects', () => {
  it('lives through a battery, a kill and a restart', async () => {
    const prefix = folder();
    const { code, out } = await installed(prefix, NODE_24);
    expect([code, out]).toEqual([0, expect.not.stringContaining('warn')]);
    const command = join(prefix, 'bin/alphaess-local');
    expect(must(command, ['--version'], NODE_24).trim()).toBe(VERSION);
    process.env.PATH = NODE_24.PATH;
    await livesThrough(command, folder());
    // What was installed, and not what this checkout is.
    expect(readdirSync(join(prefix, 'lib/node_modules/alphaess-local'))).not.toContain('src');
  });

  it.skipIf(OLD === null)(
    'by an older Node says in one sentence what to do (skipped without one on the PATH)',
    async () => {
      const { bin, version } = OLD ?? expect.unreachable();
      const environment = { ...CLEAN, PATH: `${bin}${delimiter}/usr/bin${delimiter}/bin` };
      const prefix = folder();
      const { code, out } = await installed(prefix, environment);
      expect([code, out]).toEqual([0, expect.stringContaining('Unsupported engine')]);
      // npm itself says it once, of us, and not of a hundred packages.
      expect(out.match(/Unsupported engine/g)).toHaveLength(1);
      const started = ran(join(prefix, 'bin/alphaess-local'), ['serve'], environment);
      expect(started).toEqual({
        code: 1,
        out: `alphaess-local needs Node.js 24 or newer and this is ${version}: get it from nodejs.org.\n`,
      });
    },
  );
});
