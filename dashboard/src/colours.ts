/**
 * The page's colours as the canvas needs them: read from the style sheet, where they are kept, anew when the system
 * turns dark or light.
 */
import { signal } from '@preact/signals';
import type { Thing } from './picture.ts';

export type ColourName = Thing | 'surface' | 'line' | 'strong-line';
export type Colours = Readonly<Record<ColourName, string>>;

const NAMES: readonly ColourName[] = ['pv', 'battery', 'grid', 'load', 'ink', 'soft', 'surface', 'line', 'strong-line'];

function read(): Colours {
  const style = getComputedStyle(document.documentElement);
  const pairs = NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]);
  return Object.fromEntries(pairs) as Record<ColourName, string>;
}

export const colours = signal<Colours>(read());

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
  colours.value = read();
});

/** The first colour with that much of it, the rest the second: lighter, yet it covers what lies below. */
export function mixed(colour: string, ground: string, share: number): string {
  const part = (text: string, at: number) => Number.parseInt(text.slice(at, at + 2), 16);
  const mix = [1, 3, 5].map((at) => Math.round(part(colour, at) * share + part(ground, at) * (1 - share)));
  return `rgb(${mix.join(' ')})`;
}

/** `#rrggbb` with that much of it left. */
export function faint(colour: string, share: number): string {
  const byte = Math.round(share * 255);
  return `${colour}${byte.toString(16).padStart(2, '0')}`;
}

const HATCH_PIXELS = 6;
const patterns = new Map<string, CanvasPattern | string>();

/** Slanted lines: for what goes away, and for where nothing is known. */
export function hatch(ctx: CanvasRenderingContext2D, colour: string, ground: string): CanvasPattern | string {
  const key = `${colour} ${ground}`;
  const known = patterns.get(key);
  if (known !== undefined) return known;
  const size = HATCH_PIXELS * Math.max(1, Math.round(devicePixelRatio));
  const tile = document.createElement('canvas');
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext('2d');
  if (pen === null) return colour;
  pen.fillStyle = ground;
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour;
  pen.lineWidth = size / 5;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift - 1, size + 1);
    pen.lineTo(shift + size + 1, -1);
  }
  pen.stroke();
  const pattern = ctx.createPattern(tile, 'repeat') ?? colour;
  patterns.set(key, pattern);
  return pattern;
}
