import { describe, expect, it } from 'vitest';
import { stored } from '../../../test/filled.ts';
import { identity } from '../../../test/records.ts';
import { LOCAL_TOKEN, webOn } from '../../../test/web.ts';
import { ROUTES } from './routes.ts';
import type { TapView } from './tap.ts';

const OWNER = { host: 'localhost', authorization: `Local ${LOCAL_TOKEN}`, 'x-requested-by': 'a test' };

async function shown(tapped: TapView | null) {
  const { folder, store } = stored(identity());
  const { get } = await webOn(folder, store, { tapped });
  return get('/api/tap', OWNER);
}

describe('the tap on the interface', () => {
  it('is null where nothing is tapped', async () => {
    expect(await shown(null)).toMatchObject({ status: 200, json: null });
  });

  it('shows what it hears, and what keeps it from hearing', async () => {
    const counts = {
      packets: 1,
      otherPackets: 2,
      framesFromBattery: 3,
      framesFromServer: 4,
      ownFrames: 5,
      lostBytes: 6,
    };
    const problem = { code: 'TAP_ENDED', detail: 'exit code 1' };
    const { json } = await shown({
      ...{ source: 'command', state: 'waiting', sinceMs: 1_718_190_240_000, starts: 7 },
      ...{ counts, problem },
    });
    expect(json).toEqual({
      ...{ source: 'command', state: 'waiting', since: '2024-06-12T11:04:00.000Z', starts: 7, packets: 1 },
      ...{ other_packets: 2, frames_from_battery: 3, frames_from_server: 4, own_frames: 5, lost_bytes: 6, problem },
    });
  });

  it('is nothing that can be set: what is started stands in the configuration alone', () => {
    expect(ROUTES.filter(({ path }) => path.includes('tap')).map(({ method }) => method)).toEqual(['GET']);
  });
});
