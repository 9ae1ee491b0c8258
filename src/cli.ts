/**
 * The command line: hands this process's arguments and streams to main.
 */
import { main } from './cli/main.ts';

// Written to a pipe whose reader has gone (`… | head`): there is nobody left to tell.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  environment: process.env,
  terminal: process.stdout.isTTY === true,
  onSignal: (handler) => {
    // A terminal that is closed says SIGHUP: that, too, is a request to end well.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => handler(signal));
  },
  exitNow: (code) => process.exit(code),
});
