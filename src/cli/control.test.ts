import { describe, expect, it } from 'vitest';
import { run } from '../../test/io.ts';
import { temporaryFolder } from '../../test/records.ts';
import { OwnerError } from '../problems/errors.ts';
import { settingsOf } from './control.ts';

describe('the command control', () => {
  it('reads settings', () => {
    expect(
      settingsOf([
        'lowest_charge=20',
        'grid_charge=on',
        'discharge_only_in_windows=no',
        'charge_windows=02:00-05:00,13:00-15:00',
        'discharge_windows=none',
        'reserve=',
      ]),
    ).toEqual({
      ...{ lowest_charge: 20, grid_charge: true, discharge_only_in_windows: false, reserve: '' },
      ...{
        charge_windows: [
          ['02:00', '05:00'],
          ['13:00', '15:00'],
        ],
        discharge_windows: [],
      },
    });
    expect(() => settingsOf(['lowest_charge'])).toThrow(OwnerError);
  });

  it('needs the server, and a time that is one', async () => {
    const data = temporaryFolder();
    expect(await run(['control', 'status', 'b3f1c2', '--data', data])).toMatchObject({
      code: expect.any(Number),
      err: expect.stringContaining('no server runs on this data folder'),
    });
    expect((await run(['control', 'hold', 'b3f1c2', '--until', 'soon', '--data', data])).err).toContain(
      '--until: expected a time',
    );
  });
});
