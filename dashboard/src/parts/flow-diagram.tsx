/**
 * Sun, house, battery and grid around the point where their powers meet. Each arm is what was measured on it: which
 * watt went where is not known, and not drawn.
 */
import { directionOf, type FlowDirection, type HouseFlows, paceSeconds, thickness } from '../flow.ts';
import * as format from '../format.ts';
import { texts } from '../texts.ts';
import { Drawing } from './icons.tsx';

type DiagramThing = 'pv' | 'grid' | 'load' | 'battery';

const HUB = { x: 220, y: 172 };
const RADIUS = 34;
const HUB_RADIUS = 9;

interface DiagramPlace {
  readonly x: number;
  readonly y: number;
  /** Where the words stand, and how they are set. */
  readonly words: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' };
}

const PLACES: Readonly<Record<DiagramThing, DiagramPlace>> = {
  pv: { x: 220, y: 42, words: { x: 268, y: 30, anchor: 'start' } },
  grid: { x: 48, y: HUB.y, words: { x: 12, y: 230, anchor: 'start' } },
  load: { x: 392, y: HUB.y, words: { x: 428, y: 230, anchor: 'end' } },
  battery: { x: 220, y: 320, words: { x: 268, y: 309, anchor: 'start' } },
};

function doing(thing: DiagramThing, watts: number | null): string {
  const { flow } = texts;
  if (watts === null) return flow.unknown;
  const direction = directionOf(watts);
  if (direction === 'still') return flow.still;
  if (thing === 'pv') return flow.producing;
  if (thing === 'load') return flow.using;
  if (thing === 'grid') return direction === 'in' ? flow.importing : flow.exporting;
  return direction === 'in' ? flow.discharging : flow.charging;
}

/** The line from a thing's edge to the middle. */
function armOf({ x, y }: DiagramPlace) {
  const length = Math.hypot(HUB.x - x, HUB.y - y);
  const [dx, dy] = [(HUB.x - x) / length, (HUB.y - y) / length];
  return {
    x1: x + dx * RADIUS,
    y1: y + dy * RADIUS,
    x2: HUB.x - dx * HUB_RADIUS,
    y2: HUB.y - dy * HUB_RADIUS,
    angle: (Math.atan2(dy, dx) * 180) / Math.PI,
  };
}

function Arm({ thing, watts, direction }: { thing: DiagramThing; watts: number; direction: FlowDirection }) {
  const { x1, y1, x2, y2, angle } = armOf(PLACES[thing]);
  const middle = `translate(${(x1 + x2) / 2} ${(y1 + y2) / 2}) rotate(${direction === 'out' ? angle + 180 : angle})`;
  const width = thickness(watts);
  return (
    <g class={`arm ${thing} ${direction}`}>
      <line class="track" x1={x1} y1={y1} x2={x2} y2={y2} />
      {direction !== 'still' && (
        <>
          <line class="bed" x1={x1} y1={y1} x2={x2} y2={y2} stroke-width={width} />
          <line
            class="flow"
            x1={x1}
            y1={y1}
            x2={x2}
            y2={y2}
            stroke-width={width}
            style={{ animationDuration: `${paceSeconds(watts).toFixed(2)}s` }}
          />
          <path class="arrow" d="M-8 -10 L9 0 L-8 10 Z" transform={middle} />
        </>
      )}
    </g>
  );
}

function Ring({ soc }: { soc: number }) {
  const { x, y } = PLACES.battery;
  const round = 2 * Math.PI * RADIUS;
  return (
    <circle
      class="ring"
      cx={x}
      cy={y}
      r={RADIUS}
      transform={`rotate(-90 ${x} ${y})`}
      stroke-dasharray={`${(round * soc) / 100} ${round}`}
    />
  );
}

function Node({ thing, watts, soc }: { thing: DiagramThing; watts: number | null; soc: number | null }) {
  const { x, y, words } = PLACES[thing];
  const { number, unit } = format.power(watts);
  const isSigned = thing === 'grid' || thing === 'battery';
  const sign = isSigned && watts !== null && directionOf(watts) === 'in' ? '+' : '';
  return (
    <g class={`node ${thing}`}>
      <circle class="face" cx={x} cy={y} r={RADIUS} />
      {thing === 'battery' && soc !== null && <Ring soc={soc} />}
      <Drawing name={thing} x={x} y={y} size={34} />
      <text text-anchor={words.anchor} y={words.y}>
        <tspan class="name" x={words.x}>
          {texts.things[thing]}
        </tspan>
        <tspan class="value" x={words.x} dy="1em">
          {sign}
          {number}
          {number !== format.NOTHING && <tspan class="unit">{`\u00a0${unit}`}</tspan>}
        </tspan>
        <tspan class="doing" x={words.x} dy="1.35em">
          {doing(thing, watts)}
        </tspan>
      </text>
    </g>
  );
}

/** What the diagram shows, in words. */
function sentence(flows: HouseFlows): string {
  const things: readonly DiagramThing[] = ['pv', 'load', 'battery', 'grid'];
  const parts = things.map((thing) => {
    const watts = flows[thing];
    const size = watts === null ? null : Math.abs(watts);
    return `${texts.things[thing]} ${doing(thing, watts)} ${format.text(format.power(size))}`;
  });
  return `${texts.flow.diagram}: ${parts.join(', ')}.`;
}

export function FlowDiagram({ flows, isOld }: { flows: HouseFlows; isOld: boolean }) {
  const directions: readonly [DiagramThing, FlowDirection][] = [
    ['pv', directionOf(flows.pv)],
    ['grid', directionOf(flows.grid)],
    ['battery', directionOf(flows.battery)],
    ['load', directionOf(flows.load === null ? null : -flows.load)],
  ];
  return (
    <svg
      class={isOld ? 'flow-diagram old' : 'flow-diagram'}
      viewBox="0 0 440 374"
      role="img"
      aria-label={sentence(flows)}
    >
      {directions.map(([thing, direction]) => (
        <Arm key={thing} thing={thing} watts={flows[thing] ?? 0} direction={direction} />
      ))}
      <circle class="hub" cx={HUB.x} cy={HUB.y} r={HUB_RADIUS} />
      {directions.map(([thing]) => (
        <Node key={thing} thing={thing} watts={flows[thing]} soc={flows.soc} />
      ))}
    </svg>
  );
}
