/**
 * Another program that holds a database locked: `hold.ts FILE IMMEDIATE|EXCLUSIVE SECONDS`. Says `held` when it does and
 * `long` when it has for so long; lets go when it is told to end.
 */
import { DatabaseSync } from 'node:sqlite';

const [file = '', how = '', seconds = ''] = process.argv.slice(2);
const database = new DatabaseSync(file, { timeout: 10_000 });
database.exec(`BEGIN ${how}`);
process.stdout.write('held\n');
const timer = setTimeout(() => process.stdout.write('long\n'), Number(seconds) * 1000);
process.once('SIGTERM', () => {
  clearTimeout(timer);
  database.exec('ROLLBACK');
  database.close();
});
