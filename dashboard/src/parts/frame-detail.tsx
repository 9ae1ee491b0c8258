/** One frame: its bytes beside what they mean. */
import { useEffect, useRef } from 'preact/hooks';
import * as format from '../format.ts';
import { hexLines } from '../hex.ts';
import { secondsOf } from '../house-time.ts';
import { zone } from '../store.ts';
import { texts } from '../texts.ts';
import type { ShownFrame } from '../types.ts';
import { Icon } from './icons.tsx';
import { CertaintyMark, TableHead } from './small.tsx';

/** Sixteen bytes a line where they and their characters fit. */
const ACROSS = { wide: 16, narrow: 8 };
const NARROW = '(max-width: 47rem)';

function Bytes({ hex }: { hex: string }) {
  const across = ACROSS[matchMedia(NARROW).matches ? 'narrow' : 'wide'];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard
    <section class="hex" tabIndex={0} aria-label={texts.frames.bytes}>
      {hexLines(hex, across).map(({ offset, bytes, characters }) => (
        <div key={offset}>
          <span class="hex-offset">{offset}</span>
          <span class="hex-bytes">{bytes}</span>
          <span class="hex-characters">{characters}</span>
        </div>
      ))}
    </section>
  );
}

function Fields({ fields }: { fields: ShownFrame['fields'] }) {
  const { frames } = texts;
  if (fields.length === 0) return <p class="quiet">{frames.noFields}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolled by keyboard
    <section class="frame-fields" tabIndex={0} aria-label={frames.fields}>
      <table>
        <TableHead titles={[frames.wire, frames.ours, frames.value]} />
        <tbody>
          {fields.map(({ wire, name, text, unit, certainty }, at) => (
            <tr key={`${wire} ${at}`}>
              <td class="mono">{wire}</td>
              <td>
                {name ?? format.NOTHING}
                <CertaintyMark of={certainty} />
              </td>
              <td class="figure">{text === null ? format.NOTHING : format.text({ number: text, unit })}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

export function FrameDetail({ frame, onClose }: { frame: ShownFrame; onClose: () => void }) {
  const { frames } = texts;
  const place = useRef<HTMLElement>(null);
  // On a telephone it is below the list.
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: 'nearest' });
  }, [frame.key]);
  return (
    <section
      ref={place}
      class="panel frame-detail"
      tabIndex={-1}
      aria-label={frame.name}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <header class="panel-head">
        <div>
          <h2>{frame.name}</h2>
          <p class="note">
            {format.clockTime(secondsOf(frame.time), zone.value, 'fullSeconds')} · {frames.direction[frame.direction]} ·{' '}
            {frames.sizeBytes(format.count(frame.size))} · {frames.head.checksum.toLowerCase()}{' '}
            {frames.checksum[frame.checksum]}
            {frame.checksum_recomputed && ` (${frames.recomputed})`}
          </p>
          {frame.reason !== null && (
            <p class="failed">
              {frames.reason}: <code>{frame.reason}</code>
            </p>
          )}
        </div>
        <button type="button" class="icon-button" aria-label={frames.close} onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <div class="frame-sides">
        <div>
          <h3>{frames.bytes}</h3>
          <Bytes hex={frame.hex} />
          <p class="note">{frames.masked}</p>
        </div>
        <div>
          <h3>{frames.fields}</h3>
          <Fields fields={frame.fields} />
        </div>
      </div>
    </section>
  );
}
