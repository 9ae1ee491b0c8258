/**
 * What the battery's Wi-Fi module says of its way to the server, on systems whose module can be asked (likely: seen on some).
 */
import { type Finding, finding } from './finding.ts';

/** Its `serverstatus`; `silent`: no answer; `unreadable`: an answer in which there is none. */
export type ModuleFacts = number | 'silent' | 'unreadable';

const STATES: Readonly<Record<number, { readonly words: string; readonly advice: string }>> = {
  [-3]: {
    words: 'it cannot look the server’s name up',
    advice: 'Look at the DNS server that the router hands out to it, and at its rebind protection.',
  },
  [-4]: {
    words: 'it cannot connect to the server',
    advice: 'Let this machine’s firewall admit it, and look whether the name leads here.',
  },
  [-9]: { words: 'the server refused its key', advice: 'It speaks with another server than this one, or by TLS.' },
  [-10]: { words: 'the server refused its serial number', advice: 'It speaks with another server than this one.' },
  [-11]: { words: 'the server did not answer in time', advice: 'Look at the Wi-Fi, and at the load of this machine.' },
  [-12]: {
    words: 'the server ended the connection',
    advice: 'The log of this server says why: look for the time of it.',
  },
  [-13]: { words: 'the address of the server is wrong', advice: 'Look at the server address in its settings.' },
};

export function checkModule(module: ModuleFacts): Finding[] {
  if (module === 'silent') return [finding('MODULE_SILENT', 'the Wi-Fi module does not answer')];
  if (module === 'unreadable') return [finding('MODULE_SILENT', 'the Wi-Fi module’s answer tells no state')];
  if (module === 0) return [finding('MODULE_FINE', 'the Wi-Fi module says that it is connected to its server')];
  const { words, advice } = STATES[module] ?? {
    words: 'it is not connected',
    advice: 'This state is not known to us: please tell us of it.',
  };
  return [finding('MODULE_TROUBLE', `the Wi-Fi module says: ${words} (${module})`, { advice })];
}
