/**
 * The command line: hands this process's arguments and streams to main.
 */
import { endingOf, main } from './cli/main.ts';
import { stepBack } from './store/backup/priority.ts';
import { isFile, OutputFile } from './system/output-file.ts';

/** A server lives on without its output; everything else ends, since its output is what it is for. */
let outlivesOutput = false;
const stdout = isFile(1) ? new OutputFile(1) : process.stdout;
function unwritable(error: Error): void {
  if (outlivesOutput) return;
  const { code, sentence } = endingOf(error);
  process.stderr.write(sentence);
  process.exit(code);
}
stdout.on('error', unwritable);
// Also where nothing of ours is written to it: threads and Node itself may.
if (stdout !== process.stdout) process.stdout.on('error', unwritable);
// Nobody can be told.
process.stderr.on('error', () => {});

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout,
  stderr: process.stderr,
  environment: process.env,
  terminal: process.stdout.isTTY === true,
  onSignal: (handler) => {
    // A terminal that is closed says SIGHUP: that, too, is a request to end well.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => handler(signal));
  },
  outliveOutput: () => {
    outlivesOutput = true;
  },
  stepBack,
  exitNow: (code) => process.exit(code),
});
