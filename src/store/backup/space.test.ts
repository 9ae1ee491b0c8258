import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/records.ts';
import { freeBytes } from './files.ts';
import { inMegabytes, refuseLackOfSpace } from './space.ts';

it('takes what has room, and says how much is needed where it has none', () => {
  const folder = temporaryFolder();
  refuseLackOfSpace(folder, 1, 'a note');
  const needed = freeBytes(folder) + 1e9;
  expect(() => refuseLackOfSpace(folder, needed, 'a backup in ./backups')).toThrow(
    expect.objectContaining({ code: 'STORE_NO_SPACE', passing: false }),
  );
  expect(() => refuseLackOfSpace(folder, needed, 'a backup in ./backups')).toThrow(
    /^a backup in \.\/backups needs [\d,]+ MB free, and [\d,]+ MB are: make room, or use another disk$/,
  );
});

it('says megabytes upwards', () => {
  expect([0, 1, 1e6, 457_000_001, 1.2e10].map(inMegabytes)).toEqual(['0 MB', '1 MB', '1 MB', '458 MB', '12,000 MB']);
});
