/**
 * Is the port listening, and from where is it reached?
 */
import type { DoctorFacts, MachineFacts, PortFacts } from './facts.ts';
import { type Finding, finding } from './finding.ts';
import { list } from './words.ts';

/** More addresses than this are of no help. */
const MOST = 3;
/** The vendor's port, which batteries have built in (confirmed). */
const BATTERIES_CONNECT_TO = 7777;

export function checkPort({ port, machine }: Pick<DoctorFacts, 'port' | 'machine'>): Finding[] {
  switch (port.state) {
    case 'free':
      return [finding('PORT_NOT_LISTENING', `no server runs: nobody listens for batteries on port ${port.port}`)];
    case 'taken':
      return [finding('PORT_OF_ANOTHER', `another program listens on port ${port.port}, and not for this data folder`)];
    case 'silent':
      return [finding('SERVER_NOT_ANSWERING', 'a server seems to have this data folder, but does not answer')];
    case 'listening':
      return [listening(port, machine), ...unusual(port)];
  }
}

/** By it a battery is told nothing: it knows the vendor's alone. */
function unusual({ port }: PortFacts): Finding[] {
  if (port === BATTERIES_CONNECT_TO) return [];
  return [
    finding('PORT_UNUSUAL', `the server listens on port ${port}, and batteries connect to ${BATTERIES_CONNECT_TO}`),
  ];
}

function listening({ on, port }: PortFacts, { addresses, container }: MachineFacts): Finding {
  if (on !== 'all' && on.kind === 'nowhere')
    return finding('PORT_LOCAL_ONLY', `the server listens on ${on.text} alone, which no other device reaches`);
  if (container) return finding('PORT_LISTENING', `the server listens on port ${port} of its container`);
  const reached = on === 'all' ? addresses.slice(0, MOST) : [on];
  if (reached.length === 0)
    return finding('ADDRESS_MISSING', 'this machine has no address that other devices could reach');
  return finding(
    'PORT_LISTENING',
    `batteries reach the server at ${list(
      reached.map(({ text }) => text),
      'or',
    )}, port ${port}`,
  );
}
