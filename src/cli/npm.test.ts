import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { refuseFlagsKeptByNpm } from './npm.ts';

const START = { npm_lifecycle_event: 'start' };

describe('a flag without -- before it', () => {
  it.each([
    [{ ...START, npm_config_web_listen: '0.0.0.0:7780' }, '--web-listen', 'npm start -- --web-listen 0.0.0.0:7780'],
    [{ ...START, npm_config_data: 'true' }, '--data', 'npm start -- --data …'],
    [{ ...START, npm_config_config: 'a b.yaml' }, '--config', "npm start -- --config 'a b.yaml'"],
    [{ npm_lifecycle_event: 'demo', npm_config_web_listen: 'true' }, '--web-listen', 'npm run demo -- --web-listen …'],
  ])('is said to be kept by npm: %j', (environment, flag, command) => {
    const message = `npm kept ${flag} for itself: put -- before it, as in ${command}`;
    expect(() => refuseFlagsKeptByNpm(environment)).toThrow(expect.objectContaining({ code: 'USAGE', message }));
  });

  it.each([
    ['nothing of npm', {}],
    ['npm start alone', START],
    ['another setting of npm', { ...START, npm_config_loglevel: 'silent' }],
    ['a setting of that name where npm ran something else', { npm_lifecycle_event: 'test', npm_config_data: 'x' }],
  ])('is none with %s', (_what, environment) => {
    refuseFlagsKeptByNpm(environment);
  });

  it.each([['serve'], ['demo'], ['serve', '/x']])('ends %s %s before anything is made', async (...argv) => {
    const { code, out, err } = await run(argv, { environment: { ...START, npm_config_data: 'true' } });
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      'alphaess-local: npm kept --data for itself: put -- before it, as in npm start -- --data … [USAGE]\n',
    );
  });
});

describe('a command to type', () => {
  it('begins with npx where npm started this one', async () => {
    const argv = ['export', '--kind', 'live', '--data', 'none'];
    const at = async (environment: Record<string, string>) => (await run(['serve', '--nope'], { environment })).err;
    expect(await at({})).toContain(': see alphaess-local serve --help');
    expect(await at({ npm_execpath: '/npm-cli.js' })).toContain(': see npx alphaess-local serve --help');
    expect(await at({ npm_execpath: '/npm-cli.js' })).toMatch(/^alphaess-local: /);
    const { err } = await run(argv, { environment: { npm_execpath: '/npm-cli.js' } });
    expect(err).toBe(
      'alphaess-local: there is no data in none: give --data the folder that the server uses [STORE_ABSENT]\n',
    );
  });
});
