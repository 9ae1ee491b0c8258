/** Line drawings, 24 × 24, in the colour of the text around them. */
import type { JSX } from 'preact';

const DRAWINGS = {
  pv: (
    <>
      <circle cx="12" cy="12" r="4.2" />
      <path d="M12 2.500v3M12 18.500v3M2.5 12h3M18.5 12h3M5.300 5.300l2.100 2.100M16.600 16.600l2.100 2.100M5.300 18.700l2.100-2.100M16.600 7.400l2.100-2.100" />
    </>
  ),
  battery: (
    <>
      <rect x="6.5" y="5" width="11" height="16.5" rx="1.8" />
      <path d="M10 2.500h4M9.5 17.500h5M9.5 14h5" />
    </>
  ),
  grid: (
    <path d="M9 2.500h6M10 2.5 7 21.500M14 2.500l3 19M5.5 7.500h13M8.400 12.500l6.800 0M7.800 16.500l7.600-4M16.2 16.500l-7.600-4M7 21.500l9.2-5M17 21.500l-9.2-5" />
  ),
  load: <path d="M3 11.5 12 4l9 7.500M5.5 10v10.500h13V10M10 20.500v-6h4v6" />,
  now: <path d="M2.5 12.500h4l3-8 5 15 3-7h4" />,
  history: <path d="M3.5 3.500v17h17M7.5 16v-4M12 16V7.500M16.5 16v-6" />,
  control: (
    <path d="M4 7h9M17.500 7H20M4 17h2.500M11 17h9M13 7a2.250 2.250 0 1 0 4.500 0 2.250 2.250 0 1 0-4.500 0M6.5 17a2.250 2.250 0 1 0 4.500 0 2.250 2.250 0 1 0-4.500 0" />
  ),
  events: <path d="M8.5 6h12M8.5 12h12M8.5 18h12M4 6h.01M4 12h.01M4 18h.01" />,
  frames: <path d="m8.5 7-5 5 5 5M15.5 7l5 5-5 5M13.5 4.500l-3 15" />,
  system: (
    <>
      <rect x="3.5" y="4" width="17" height="6.5" rx="1.5" />
      <rect x="3.5" y="13.5" width="17" height="6.5" rx="1.5" />
      <path d="M7 7.250h.01M7 16.750h.01M11 7.250h6M11 16.750h6" />
    </>
  ),
  well: <path d="m4.5 12.5 5 5 10-11" />,
  trouble: <path d="M12 3.5 22 20.500H2zM12 10v5M12 17.800v.01" />,
  earlier: <path d="m14.5 5-7 7 7 7" />,
  later: <path d="m9.5 5 7 7-7 7" />,
  plus: <path d="M12 5v14M5 12h14" />,
  minus: <path d="M5 12h14" />,
  close: <path d="m5.5 5.5 13 13M18.5 5.500l-13 13" />,
} satisfies Record<string, JSX.Element>;

export type IconName = keyof typeof DRAWINGS;

/** Only a picture: the words stand beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {DRAWINGS[name]}
    </svg>
  );
}

/** The same drawing inside a larger one. */
export function Drawing({ name, x, y, size }: { name: IconName; x: number; y: number; size: number }) {
  const place = `translate(${x - size / 2} ${y - size / 2}) scale(${size / 24})`;
  return (
    <g class="icon" transform={place}>
      {DRAWINGS[name]}
    </g>
  );
}
