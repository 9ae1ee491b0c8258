/** The inspector: frames as they come and go, and what is in them. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { api } from '../api.ts';
import * as format from '../format.ts';
import { arrange, commandText, type FrameFilter, join } from '../frame-list.ts';
import { secondsOf } from '../house-time.ts';
import { followFrames } from '../live.ts';
import { FrameDetail } from '../parts/frame-detail.tsx';
import { Segments, TableHead, waitingFor } from '../parts/small.tsx';
import { useResource } from '../resource.ts';
import { zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownFrame } from '../types.ts';
import '../styles/frames.css';

const KINDS = ['recent', 'unknown', 'discarded', 'conversation'] as const;
type FrameKind = (typeof KINDS)[number];
const DIRECTIONS = ['all', 'from_battery', 'to_battery', 'from_vendor', 'to_vendor'] as const;
const LIMIT = 200;

const rowId = ({ key }: ShownFrame) => `frame-${key}`;

function Row({ frame, isOpen, onOpen }: { frame: ShownFrame; isOpen: boolean; onOpen: () => void }) {
  const { frames } = texts;
  const look = `${frame.direction} ${frame.understood ? '' : 'strange'} ${isOpen ? 'open' : ''}`;
  return (
    <tr class={look} onClick={onOpen}>
      <td class="frame-time">{format.clockTime(secondsOf(frame.time), zone.value, 'timeSeconds')}</td>
      <td class="frame-direction" title={frames.direction[frame.direction]}>
        <span aria-hidden="true">
          {frame.direction === 'from_battery' || frame.direction === 'to_vendor' ? '→' : '←'}
        </span>
        <span class="direction-words">{frames.direction[frame.direction]}</span>
      </td>
      <td>
        <button
          id={rowId(frame)}
          type="button"
          class="frame-name"
          aria-expanded={isOpen}
          aria-label={frames.open(frame.name)}
        >
          {frame.name}
        </button>
        {!frame.understood && <span class="tag">{frames.notUnderstood}</span>}
      </td>
      <td class="mono frame-command">{commandText(frame)}</td>
      <td class="figure">{frames.sizeBytes(format.count(frame.size))}</td>
      <td class={frame.checksum === 'wrong' ? 'failed' : 'frame-checksum'}>{frames.checksum[frame.checksum]}</td>
    </tr>
  );
}

function Table({
  frames,
  openKey,
  onOpen,
}: {
  frames: readonly ShownFrame[];
  openKey: string | null;
  onOpen: (frame: ShownFrame) => void;
}) {
  const { head } = texts.frames;
  const columns = [head.time, head.direction, head.name, head.command, head.size, head.checksum];
  return (
    <div class="frame-table">
      <table>
        <TableHead titles={columns} />
        <tbody>
          {frames.map((frame) => (
            <Row key={frame.key} frame={frame} isOpen={frame.key === openKey} onOpen={() => onOpen(frame)} />
          ))}
        </tbody>
      </table>
      {frames.length === 0 && <p class="quiet">{texts.frames.none}</p>}
    </div>
  );
}

interface FrameBarProps {
  kind: { value: FrameKind };
  filter: { value: FrameFilter };
  paused: { value: boolean };
  waiting: number;
  isRelayed: boolean;
}

function PauseButton({ paused, waiting }: Pick<FrameBarProps, 'paused' | 'waiting'>) {
  const toggle = () => {
    paused.value = !paused.value;
  };
  return (
    <button type="button" class="button push" onClick={toggle}>
      {paused.value ? texts.frames.resume : texts.frames.pause}
      {paused.value && waiting > 0 && ` (${texts.frames.waiting(waiting)})`}
    </button>
  );
}

function Bar({ kind, filter, paused, waiting, isRelayed }: FrameBarProps) {
  const { frames } = texts;
  // Where nothing is relayed nothing goes to the vendor.
  const directions = DIRECTIONS.filter((known) => isRelayed || !known.endsWith('vendor'));
  const set = (part: Partial<FrameFilter>) => {
    filter.value = { ...filter.value, ...part };
  };
  return (
    <div class="toolbar">
      <Segments
        label={frames.kind}
        choices={KINDS.map((known) => [known, frames.kinds[known]] as const)}
        chosen={kind.value}
        onChoose={(next) => {
          kind.value = next;
        }}
      />
      <Segments
        label={frames.directionFilter}
        choices={directions.map((known) => [known, frames.filters[known]] as const)}
        chosen={filter.value.direction}
        onChoose={(direction) => set({ direction })}
      />
      <input
        type="search"
        placeholder={frames.find}
        aria-label={frames.find}
        value={filter.value.name}
        onInput={({ currentTarget }) => set({ name: currentTarget.value })}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={filter.value.unknownFirst}
          onChange={({ currentTarget }) => set({ unknownFirst: currentTarget.checked })}
        />
        {frames.unknownFirst}
      </label>
      {kind.value === 'recent' && <PauseButton paused={paused} waiting={waiting} />}
    </div>
  );
}

/** Those loaded and those that came since; while paused they wait. */
function useFrames(kind: FrameKind, isPaused: boolean) {
  const arrived = useSignal<readonly ShownFrame[]>([]);
  const held = useSignal<readonly ShownFrame[]>([]);
  const loaded = useResource(`frames ${kind}`, (signal) => api.frames({ kind, limit: LIMIT }, signal));
  useEffect(() => {
    if (kind !== 'recent') return undefined;
    return followFrames((frame) => {
      arrived.value = join([frame], arrived.value);
    });
  }, [kind, arrived]);
  useEffect(() => {
    if (!isPaused) held.value = arrived.value;
  });
  const live = isPaused ? held.value : arrived.value;
  const shown = kind === 'recent' ? join(live, loaded.data ?? []) : (loaded.data ?? []);
  return { loaded, shown, waiting: arrived.value.length - held.value.length };
}

export default function FramesView() {
  const kind = useSignal<FrameKind>('recent');
  const filter = useSignal<FrameFilter>({ direction: 'all', name: '', unknownFirst: true });
  const paused = useSignal(false);
  const open = useSignal<ShownFrame | null>(null);
  const relay = useResource('relay', api.relay);
  const { loaded, shown, waiting } = useFrames(kind.value, paused.value);
  const close = () => {
    const row = open.value === null ? null : document.getElementById(rowId(open.value));
    open.value = null;
    // Where one came from, if it is still there.
    row?.focus();
  };
  return (
    <div class={open.value === null ? 'frames-view' : 'frames-view with-detail'}>
      <Bar kind={kind} filter={filter} paused={paused} waiting={waiting} isRelayed={relay.data?.upstream != null} />
      <section class="panel frame-list" aria-label={texts.frames.title}>
        {waitingFor(loaded) ?? (
          <Table
            frames={arrange(shown, filter.value)}
            openKey={open.value?.key ?? null}
            onOpen={(frame) => {
              open.value = open.value?.key === frame.key ? null : frame;
            }}
          />
        )}
      </section>
      {open.value !== null && <FrameDetail frame={open.value} onClose={close} />}
    </div>
  );
}
