import { expect, it } from 'vitest';
import { fits, withoutBase } from './paths.ts';

it('is below the base path, which a proxy may have taken away', () => {
  expect(withoutBase('/battery/api/live?x', '/battery/')).toBe('/api/live?x');
  expect(withoutBase('/api/live', '/battery/')).toBe('/api/live');
  expect(withoutBase('/api/live', '/')).toBe('/api/live');
});

it('is one of a route where each part is the same, or stands for anything', () => {
  expect(fits('/api/batteries/{id}/now', '/api/batteries/b3f1c2/now')).toBe(true);
  expect(fits('/api/batteries/{id}', '/api/batteries/b3f1c2/now')).toBe(false);
  expect(fits('/api/batteries', '/api/fields')).toBe(false);
});
