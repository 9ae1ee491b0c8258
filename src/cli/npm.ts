/**
 * Started by npm: what its environment tells, and what it keeps for itself.
 */
import { SETTINGS } from '../config/settings.ts';
import { OwnerError } from '../problems/errors.ts';
import { shellWord } from '../system/shell-word.ts';
import type { Io } from './io.ts';
import { flagOf } from './setting-options.ts';

type Environment = Io['environment'];

/** The scripts of package.json that start a command. */
const SCRIPTS = ['start', 'demo'];

/** Whether npm or npx started this program, in a checkout or where it is a dependency. */
export function startedByNpm(environment: Environment): boolean {
  return environment.npm_execpath !== undefined;
}

/**
 * `npm start --data /x` hands over no flag: npm takes each for a setting of its own, and tells it in the environment.
 * @throws OwnerError USAGE that says how to type it
 */
export function refuseFlagsKeptByNpm(environment: Environment): void {
  const script = environment.npm_lifecycle_event;
  if (script === undefined || !SCRIPTS.includes(script)) return;
  const kept = FLAGS.find(({ variable }) => environment[variable] !== undefined);
  if (kept === undefined) return;
  const value = environment[kept.variable] as string;
  // Without =, the value was handed over as a word of its own, and of the flag only that it was there.
  const typed = value === 'true' ? `${kept.flag} …` : `${kept.flag} ${shellWord(value)}`;
  const command = script === 'start' ? 'npm start' : `npm run ${script}`;
  throw new OwnerError('USAGE', `npm kept ${kept.flag} for itself: put -- before it, as in ${command} -- ${typed}`);
}

/** Of the settings that have a flag, and the file of them. */
const FLAGS = ['--config', ...SETTINGS.filter(({ flag }) => flag !== undefined).map(flagOf)].map((flag) => ({
  flag,
  variable: `npm_config_${flag.slice(2).replaceAll('-', '_')}`,
}));
