/**
 * The container image: the program on the official Node image, as an archive that `docker load` and `podman load` take.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type Arch, archOf } from './node-binary.ts';
import { addPackages, buildProgram, settle } from './program.ts';
import { ARTIFACTS, described, emptyFolder, PackageError, ROOT, run, sourceDate, VERSION } from './run.ts';
import { billOfMaterials } from './sbom.ts';

const IMAGE = path.join(ROOT, 'packaging/image');
const NAMES = [`alphaess-local:${VERSION}`, 'alphaess-local:latest'];

/** Builds, and writes an archive. */
type Builder = (folder: string, flags: readonly string[], file: string) => void;

const BUILDERS: readonly (readonly [program: string, build: Builder])[] = [
  [
    'buildah',
    (folder, flags, file) => {
      // Only this form of an image has a health check.
      const form = ['--format', 'docker', '--timestamp', String(sourceDate())];
      run('buildah', ['bud', ...form, ...flags, folder]);
      run('buildah', ['push', NAMES[0] as string, `docker-archive:${file}:${NAMES[0]}`]);
    },
  ],
  [
    'podman',
    (folder, flags, file) => {
      run('podman', ['build', '--format', 'docker', '--timestamp', String(sourceDate()), ...flags, folder]);
      run('podman', ['save', '--format', 'docker-archive', '-o', file, NAMES[0] as string]);
    },
  ],
  [
    'docker',
    (folder, flags, file) => {
      run('docker', [
        'buildx',
        'build',
        ...flags,
        '--output',
        `type=docker,dest=${file},rewrite-timestamp=true`,
        folder,
      ]);
    },
  ],
];

/**
 * @param given the processor; null for this machine's
 * @param base another image with Node 24, such as one of this machine
 * @returns a line for each file that was made
 */
export function packageImage(given: string | null, base: string | null): string[] {
  const arch = archOf(given);
  const found = BUILDERS.find(([program]) => spawnSync(program, ['--version']).status === 0);
  if (found === undefined)
    throw new PackageError('an image is built by buildah, podman or docker: install one of them');
  const folder = emptyFolder(`image-${arch}`);
  const program = path.join(folder, 'program');
  mkdirSync(program);
  mkdirSync(path.join(folder, 'data'));
  buildProgram(program);
  addPackages(program);
  cpSync(path.join(IMAGE, 'healthcheck.mjs'), path.join(program, 'bin/healthcheck.mjs'));
  cpSync(path.join(IMAGE, 'Containerfile'), path.join(folder, 'Containerfile'));
  writeFileSync(path.join(program, 'sbom.cdx.json'), billOfMaterials(program));
  settle(folder);
  const file = path.join(ARTIFACTS, `alphaess-local_${VERSION}_${arch}.image.tar`);
  rmSync(file, { force: true });
  found[1](folder, flagsOf(arch, base, folder), file);
  return [described(file)];
}

function flagsOf(arch: Arch, base: string | null, folder: string): string[] {
  const names = NAMES.flatMap((name) => ['-t', name]);
  const from = base === null ? [] : ['--build-arg', `BASE=${base}`];
  // One of this machine's own is asked of no registry.
  const local = base?.startsWith('localhost/') ? ['--pull-never'] : [];
  const place = ['--platform', `linux/${arch}`, '-f', path.join(folder, 'Containerfile')];
  return [...names, ...from, ...local, ...place, '--build-arg', `VERSION=${VERSION}`];
}
