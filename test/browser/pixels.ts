/**
 * What a chart really shows: the pixels of its canvas.
 */
import type { Tab } from './tab.ts';

/** Of the reading of pixels: Chromium would like to be told before. */
export const READING_PIXELS = /^console: Canvas2D: /;

export interface Column {
  /** Pixels of the whole chart. */
  readonly width: number;
  /** How many of the things’ colours are there. */
  readonly colours: number;
  /** Share of the pixels that are neither the ground nor in any thing’s colour. */
  readonly hatched: number;
}

/** The pixels of the first chart around an hour of its 24. */
export function columnAt(tab: Tab, hour: number): Promise<Column> {
  return tab.ask<Column>(`(() => {
    const over = document.querySelector('.chart .u-over').getBoundingClientRect();
    const canvas = document.querySelector('.chart canvas');
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const middle = (over.left - box.left + (over.width * ${hour}) / 24) * scale;
    const top = (over.top - box.top) * scale;
    const { data } = canvas.getContext('2d').getImageData(middle - 15, top + 2, 30, over.height * scale - 4);
    const colourOf = (name) => {
      const probe = document.createElement('canvas').getContext('2d');
      probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      probe.fillRect(0, 0, 1, 1);
      return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const things = ['--pv', '--load', '--grid', '--battery'].map(colourOf);
    const near = (a, b) => a.every((part, at) => Math.abs(part - b[at]) < 10);
    const seen = new Set();
    let [other, all] = [0, 0];
    for (let at = 0; at < data.length; at += 4, all++) {
      const pixel = [...data.slice(at, at + 3)];
      const thing = data[at + 3] < 200 ? -1 : things.findIndex((known) => near(known, pixel));
      if (thing >= 0) seen.add(thing);
      else if (data[at + 3] > 40 && !near(pixel, colourOf.ground ??= colourOf('--surface'))) other++;
    }
    return { width: canvas.width, colours: seen.size, hatched: other / all };
  })()`);
}
