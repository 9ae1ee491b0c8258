import { expect, it } from 'vitest';
import { StoreError } from '../store.ts';
import { toDiskError } from './disk-error.ts';

const system = (code: string) => Object.assign(new Error(`${code}: no`), { code });

it.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('takes %s for lack of room', (code) => {
  expect(toDiskError(system(code), '/mnt/usb', 'BACKUP_FAILED')).toMatchObject({
    code: 'STORE_NO_SPACE',
    message: 'the disk of /mnt/usb is full: make room, or use another disk',
  });
});

it.each(['EACCES', 'EROFS', 'EIO'])('says what else the system says: %s', (code) => {
  const error = toDiskError(system(code), '/mnt/usb', 'BACKUP_FAILED');
  expect(error).toMatchObject({ code: 'BACKUP_FAILED', cause: { code } });
  expect(error.message).toBe(`/mnt/usb cannot be written (${code}: no): check its permissions and its disk`);
});

it('leaves errors of the store as they are, and takes others for refusals of it', () => {
  const error = new StoreError('STORE_NEWER', 'newer');
  expect(toDiskError(error, '/mnt/usb', 'BACKUP_FAILED')).toBe(error);
  expect(toDiskError(new TypeError('oh'), '/mnt/usb', 'BACKUP_FAILED')).toMatchObject({ code: 'STORE_REFUSED' });
});
