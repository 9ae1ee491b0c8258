/** Whether the server in this container answers: 0 or 1. It is found as commands find it, by server.json. */
import { readFileSync } from 'node:fs';

try {
  const folder = process.env.ALPHAESS_LOCAL_DATA ?? '/data';
  const { host, port } = JSON.parse(readFileSync(`${folder}/server.json`, 'utf8'));
  const shown = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  const { ok } = await fetch(`http://${shown}:${port}/healthz`, { signal: AbortSignal.timeout(4000) });
  process.exit(ok ? 0 : 1);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
