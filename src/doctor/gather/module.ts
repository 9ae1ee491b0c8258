/**
 * Asks the battery's Wi-Fi module for its state, by HTTP in the house. Its answer has a key, a name and a password in it: of all of it
 * only the number that is wanted is read, and nothing else is kept.
 */
import { type IncomingMessage, request } from 'node:http';
import type { ModuleFacts } from '../module.ts';

const PATH = '/config?command=status';
const PATIENCE_MS = 5000;
const LARGEST_ANSWER = 64 * 1024;
/** Whether it is JSON, or lines of `name=value`, differs. */
const STATUS = /\bserverstatus"?\s*[:=]\s*"?(-?\d{1,4})\b/i;

/** @param at its address. Does not throw */
export function askModule(at: { readonly host: string; readonly port: number }): Promise<ModuleFacts> {
  return new Promise((resolve) => {
    const silent = () => resolve('silent');
    const asked = request({ ...at, path: PATH, agent: false, signal: AbortSignal.timeout(PATIENCE_MS) }, (answer) => {
      statusIn(answer).then(resolve, silent);
    });
    asked.on('error', silent);
    asked.end();
  });
}

/** @throws Error where it breaks off */
async function statusIn(answer: IncomingMessage): Promise<ModuleFacts> {
  let text = '';
  for await (const part of answer.setEncoding('latin1')) {
    text += part as string;
    if (text.length > LARGEST_ANSWER) return 'unreadable';
  }
  const found = STATUS.exec(text)?.[1];
  return found === undefined ? 'unreadable' : Number(found);
}
