/**
 * Debian's Chromium, driven by playwright-core, which brings no browser of its own.
 */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const EXECUTABLE = '/usr/bin/chromium';
/** Nothing but what the page itself asks for may go over the network. */
const ARGS = ['--no-sandbox', '--disable-quic', '--disable-background-networking'];

export const HAVE_CHROMIUM = existsSync(EXECUTABLE);
export const NO_CHROMIUM = `there is no ${EXECUTABLE}: apt-get install chromium`;

/** @throws Error where there is no Chromium */
export async function launch(): Promise<Browser> {
  if (!HAVE_CHROMIUM) throw new Error(NO_CHROMIUM);
  return chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
}
