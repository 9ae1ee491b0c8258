/**
 * Sun, house, battery and grid around the point where their powers meet. Each arm is what was measured on it: which
 * watt went where is not known, and not drawn.
 */
import { directionOf, type FlowDirection, type HouseFlows, paceSeconds, thickness } from '../flow.ts';
import * as format from '../format.ts';
import { texts } from '../texts.ts';
import { Drawing } from './icons.tsx';

type DiagramThing = 'pv' | 'grid' | 'load' | 'battery';

const HUB = { x: 220, y: 128 };
const RADIUS = 34;
/** The battery's is larger: its state of charge stands in it. */
const BATTERY_RADIUS = 48;
const HUB_RADIUS = 9;

interface DiagramPlace {
  readonly x: number;
  readonly y: number;
  /** Where the words stand, and how they are set. */
  readonly words: { readonly x: number; readonly y: number; readonly anchor: 'start' | 'end' };
}

const PLACES: Readonly<Record<DiagramThing, DiagramPlace>> = {
  pv: { x: 220, y: 38, words: { x: 268, y: 26, anchor: 'start' } },
  grid: { x: 48, y: HUB.y, words: { x: 12, y: 184, anchor: 'start' } },
  load: { x: 392, y: HUB.y, words: { x: 428, y: 184, anchor: 'end' } },
  battery: { x: 220, y: 272, words: { x: 282, y: 264, anchor: 'start' } },
};

function radiusOf(thing: DiagramThing): number {
  return thing === 'battery' ? BATTERY_RADIUS : RADIUS;
}

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
function armOf(thing: DiagramThing) {
  const { x, y } = PLACES[thing];
  const radius = radiusOf(thing);
  const length = Math.hypot(HUB.x - x, HUB.y - y);
  const [dx, dy] = [(HUB.x - x) / length, (HUB.y - y) / length];
  return {
    x1: x + dx * radius,
    y1: y + dy * radius,
    x2: HUB.x - dx * HUB_RADIUS,
    y2: HUB.y - dy * HUB_RADIUS,
    angle: (Math.atan2(dy, dx) * 180) / Math.PI,
  };
}

function Arm({ thing, watts, direction }: { thing: DiagramThing; watts: number; direction: FlowDirection }) {
  const { x1, y1, x2, y2, angle } = armOf(thing);
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
  const round = 2 * Math.PI * BATTERY_RADIUS;
  return (
    <circle
      class="ring"
      cx={x}
      cy={y}
      r={BATTERY_RADIUS}
      transform={`rotate(-90 ${x} ${y})`}
      stroke-dasharray={`${(round * soc) / 100} ${round}`}
    />
  );
}

/** The first thing to be read: how full it is. */
function ChargeInside({ soc }: { soc: number }) {
  const { x, y } = PLACES.battery;
  return (
    <>
      <Ring soc={soc} />
      <text class="soc" text-anchor="middle" x={x} y={y + 12}>
        {chargeOf(soc).number}
        <tspan class="unit">{'\u00a0%'}</tspan>
      </text>
    </>
  );
}

function Node({ thing, watts, soc }: { thing: DiagramThing; watts: number | null; soc: number | null }) {
  const { x, y, words } = PLACES[thing];
  // Which way it flows is told by the word below it.
  const { number, unit } = format.power(watts === null ? null : Math.abs(watts));
  const charge = thing === 'battery' ? soc : null;
  return (
    <g class={`node ${thing}`}>
      <circle class="face" cx={x} cy={y} r={radiusOf(thing)} />
      {charge === null ? <Drawing name={thing} x={x} y={y} size={34} /> : <ChargeInside soc={charge} />}
      <text text-anchor={words.anchor} y={words.y}>
        <tspan class="name" x={words.x}>
          {texts.things[thing]}
        </tspan>
        <tspan class="value" x={words.x} dy="1em">
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

function chargeOf(soc: number): format.Quantity {
  return { number: format.decimal(soc, 0), unit: '%' };
}

/** What the diagram shows, in words. */
function sentence(flows: HouseFlows): string {
  const things: readonly DiagramThing[] = ['pv', 'load', 'battery', 'grid'];
  const parts = things.map((thing) => {
    const watts = flows[thing];
    const size = watts === null ? null : Math.abs(watts);
    return `${texts.things[thing]} ${doing(thing, watts)} ${format.text(format.power(size))}`;
  });
  const charge = flows.soc === null ? '' : ` ${texts.things.soc} ${format.text(chargeOf(flows.soc))}.`;
  return `${texts.flow.diagram}: ${parts.join(', ')}.${charge}`;
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
      viewBox="0 0 440 324"
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
