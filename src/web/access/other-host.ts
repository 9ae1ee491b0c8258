/**
 * What a person sees who opens the page by a name that is not known to be this server's.
 */
import type { FastifyRequest } from 'fastify';
import type { WebError } from '../problem.ts';

/** Nothing else is shown as it came. */
const PLAIN_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i;

/** Whether a browser shows the answer to a person. */
function isForPerson({ method, headers }: FastifyRequest): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

/** @returns a page that says which line to add; null where a program asks, or something else is wrong */
export function otherHostPage(problem: WebError, request: FastifyRequest): string | null {
  if (problem.code !== 'HOST_NOT_OURS' || !isForPerson(request)) return null;
  const name = (request.host ?? '')
    .replace(/:\d{1,5}$/, '')
    .replace(/\.$/, '')
    .toLowerCase();
  const shown = PLAIN_NAME.test(name) ? name : 'the-name';
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>alphaess-local</title>
<h1>This server is not known by the name ${shown}</h1>
<p>It answers by its address (such as ${request.protocol}://192.168.1.20:7780), by <code>localhost</code>, and by the names in its configuration.
So no other site can reach it through your browser.</p>
<p>If the name is this server’s, add it to the configuration and start the server again:</p>
<pre>web:
  hosts: [${shown}]</pre>
<p>or in the environment: <code>ALPHAESS_LOCAL_WEB_HOSTS=${shown}</code></p>
<p>That needs a password, which is set with: <code>alphaess-local password</code>.</p>
<p>HOST_NOT_OURS</p>
</html>
`;
}
