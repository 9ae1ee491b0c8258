import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configOf } from '../../../test/config.ts';
import { temporaryFolder } from '../../../test/records.ts';
import { influxTarget } from './target.ts';

const targetOf = (influx: object) => influxTarget(configOf({ influx }).influx);

describe('where points are written', () => {
  it('is nowhere unless an address is configured', () => {
    expect(targetOf({ bucket: 'x', token: 'y' })).toBeNull();
  });

  it.each([
    [{ bucket: 'b' }, 'http://influx:8086/api/v2/write?bucket=b&precision=s'],
    [{ org: 'o/1', bucket: 'db/rp' }, 'http://influx:8086/api/v2/write?org=o%2F1&bucket=db%2Frp&precision=s'],
    [{ bucket: 'b', url: 'http://h/influx/' }, 'http://h/influx/api/v2/write?bucket=b&precision=s'],
    [{ bucket: 'b', url: 'http://[::1]:1?x=1' }, 'http://[::1]:1/api/v2/write?x=1&bucket=b&precision=s'],
    [{ database: 'my db', org: 'o' }, 'http://influx:8086/write?db=my+db&precision=s'],
    [{ database: 'd', url: 'https://h/a/b' }, 'https://h/a/b/write?db=d&precision=s'],
  ])('is, with %j, %s', (settings, url) => {
    expect(targetOf({ url: 'http://influx:8086', ...settings })?.url).toBe(url);
  });

  it.each(['http://host:99999', 'http://:x:secret@[', 'http://a b', 'http://secret:100%@h', 'http://100%:secret@h'])(
    'is refused, and not shown, at %j',
    (url) => {
      const wrong = expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining('secret') });
      const influx = { ...configOf({ influx: { bucket: 'b' } }).influx, url };
      expect(() => influxTarget(influx)).toThrow(wrong);
    },
  );

  it('is said without user and password', () => {
    expect(targetOf({ url: 'https://me:geheim@influx:8086/x/', bucket: 'b' })).toEqual({
      url: 'https://influx:8086/x/api/v2/write?bucket=b&precision=s',
      // me:geheim
      authorization: 'Basic bWU6Z2VoZWlt',
      where: 'https://influx:8086/x',
      secrets: ['bWU6Z2VoZWlt', 'geheim'],
    });
  });

  it('says none of the secrets in its query', () => {
    const target = targetOf({ url: 'https://h/?u=me&p=ge+heim%21&x=1', database: 'd' });
    expect(target?.where).toBe('https://h');
    expect(target?.secrets).toEqual(['ge+heim%21', 'ge heim!']);
    const url = 'https://me:ge%21heim@h';
    expect(targetOf({ url, bucket: 'b' })?.secrets).toEqual([expect.any(String), 'ge%21heim', 'ge!heim']);
  });
});

describe('as whom they are written', () => {
  const url = 'http://influx:8086';
  const bucket = 'b';

  it.each([
    [{}, null],
    [{ token: 'abc==' }, 'Token abc=='],
    [{ token: 'user:pass word' }, 'Token user:pass word'],
    [{ token: 'abc', username: 'me', password: 'x' }, 'Token abc'],
    [{ username: 'me', password: 'x' }, 'Basic bWU6eA=='],
    [{ username: 'me' }, 'Basic bWU6'],
  ])('is, with %j, %s', (settings, authorization) => {
    expect(targetOf({ url, bucket, ...settings })?.authorization).toBe(authorization);
  });

  it('may stand in a file', () => {
    const file = join(temporaryFolder(), 'secret');
    writeFileSync(file, 'abc\n');
    expect(targetOf({ url, bucket, token_file: file })?.authorization).toBe('Token abc');
    expect(targetOf({ url, bucket, username: 'me', password_file: file })?.authorization).toBe('Basic bWU6YWJj');
    expect(() => targetOf({ url, bucket, token_file: `${file}-absent` })).toThrow('influx.token_file: ');
  });

  it.each(['two\nlines', 'ü', ' x', '\u0000'])(
    'is refused, and not shown, where no header can hold it: %j',
    (token) => {
      const wrong = expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining(token) });
      expect(() => targetOf({ url, bucket, token })).toThrow(wrong);
    },
  );
});
