/**
 * A registry that has this package alone, and sends whoever asks for others to the one that npm is configured for.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { atEnd } from '../server.ts';

/** @param manifest package.json. @returns its address */
export async function registryWith(
  tarball: string,
  manifest: { readonly version: string },
  others: string,
): Promise<string> {
  const bytes = readFileSync(tarball);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  const server: Server = createServer((request, response) => {
    const own = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    if (request.url === '/own.tgz') response.end(bytes);
    else if (request.url === '/alphaess-local') {
      // As npm publishes what has a shrinkwrap in it.
      const published = { ...manifest, _hasShrinkwrap: true, dist: { tarball: `${own}own.tgz`, integrity } };
      const tags = { latest: manifest.version };
      response.setHeader('content-type', 'application/json');
      response.end(
        JSON.stringify({ name: 'alphaess-local', 'dist-tags': tags, versions: { [manifest.version]: published } }),
      );
    } else response.writeHead(302, { location: new URL(request.url ?? '/', others).href }).end();
  });
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
