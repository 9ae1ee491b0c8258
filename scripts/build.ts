/**
 * `npm run build`: compiles the program into dist/: the server into few small files (dist/server), the page into dist/dashboard.
 * Bundled it is a third in size and starts sooner, since some six hundred files need not be found and read.
 */
import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** What is started by itself: the command, a thread, and processes, which their parents find beside them by name. */
const STARTED = [
  'src/cli.ts',
  'src/web/query/worker.ts',
  'src/store/backup/backup-process.ts',
  'src/doctor/gather/lookup-process.ts',
  'src/doctor/gather/soundness-process.ts',
];

/** @param folder gets `server/` and `dashboard/`; what was in them is removed */
export async function buildInto(folder: string): Promise<void> {
  const server = path.join(folder, 'server');
  // Names of chunks change with what is in them.
  rmSync(server, { recursive: true, force: true });
  mkdirSync(server, { recursive: true });
  await build({
    configFile: false,
    root: ROOT,
    publicDir: false,
    logLevel: 'error',
    build: {
      ssr: true,
      target: 'node24',
      outDir: server,
      emptyOutDir: false,
      minify: true,
      rolldownOptions: {
        input: Object.fromEntries(STARTED.map((file) => [path.basename(file, '.ts'), path.join(ROOT, file)])),
        output: { format: 'esm', entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  });
  await build({
    configFile: path.join(ROOT, 'vite.config.ts'),
    root: path.join(ROOT, 'dashboard'),
    logLevel: 'error',
    build: { outDir: path.join(folder, 'dashboard') },
  });
}

if (import.meta.main) {
  // Whoever starts this may be a test, for which vite would build the page with what finds mistakes.
  process.env.NODE_ENV = 'production';
  await buildInto(path.resolve(process.argv[2] ?? path.join(ROOT, 'dist')));
}
