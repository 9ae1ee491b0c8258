/**
 * `npm run package -- npm|deb|image`: builds what reaches users, into artifacts/, with the licences and a bill of materials.
 * The same checkout gives the same bytes.
 *
 *     npm run package -- deb --arch arm64
 */
import { parseArgs } from 'node:util';
import { packageDeb } from './package/deb.ts';
import { packageImage } from './package/image.ts';
import { packageNpm } from './package/npm.ts';
import { PackageError } from './package/run.ts';

const KINDS: Readonly<Record<string, (arch: string | null, base: string | null) => string[] | Promise<string[]>>> = {
  npm: () => packageNpm(),
  deb: (arch) => packageDeb(arch),
  image: (arch, base) => packageImage(arch, base),
};

try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { arch: { type: 'string' }, base: { type: 'string' } },
  });
  const make = KINDS[positionals[0] ?? ''];
  if (make === undefined || positionals.length !== 1) {
    throw new PackageError(
      `say what to build: npm run package -- ${Object.keys(KINDS).join('|')} [--arch amd64|arm64]`,
    );
  }
  for (const line of await make(values.arch ?? null, values.base ?? null)) process.stdout.write(`${line}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof PackageError ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
