/**
 * Another program that holds a database locked: `hold.ts FILE IMMEDIATE|EXCLUSIVE SECONDS`. Says `ready`; takes the
 * lock at SIGUSR2 and says `held`, says `long` when it has held it for so long, and lets go when it is told to end.
 */
import { DatabaseSync } from 'node:sqlite';

const [file = '', how = '', seconds = ''] = process.argv.slice(2);
const database = new DatabaseSync(file, { timeout: 10_000 });
process.once('SIGUSR2', () => {
  database.exec(`BEGIN ${how}`);
  process.stdout.write('held\n');
  const timer = setTimeout(() => process.stdout.write('long\n'), Number(seconds) * 1000);
  process.once('SIGTERM', () => {
    clearTimeout(timer);
    database.exec('ROLLBACK');
    database.close();
    clearInterval(alive);
  });
});
// A listener for a signal does not keep a process.
const alive = setInterval(() => {}, 60_000);
process.stdout.write('ready\n');
