import { expect, it } from 'vitest';
import { hashOf, linkTo, route, routeOf } from './router.ts';

it('reads and writes the part after #', () => {
  expect(routeOf('#/history?span=day&at=2026-11-23')).toEqual({
    view: 'history',
    query: new Map([
      ['span', 'day'],
      ['at', '2026-11-23'],
    ]),
  });
  expect(routeOf('').view).toBe('now');
  expect(routeOf('#/nonsense').view).toBe('now');
  expect(hashOf('events')).toBe('#/events');
  expect(hashOf('history', { at: null, span: 'any' })).toBe('#/history?span=any');
});

it('keeps the battery from view to view', () => {
  route.value = routeOf('#/now?battery=b3f1c2');
  expect(linkTo('system')).toBe('#/system?battery=b3f1c2');
  expect(linkTo('system', { battery: null })).toBe('#/system');
});
