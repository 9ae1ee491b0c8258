/** The three verbs, large enough for a thumb, each with its one or two choices. */
import { useState } from 'preact/hooks';
import { type ControlVerb, nextTime, shifted, usualEnd } from '../control.ts';
import { controlTexts as words } from '../control-texts.ts';
import * as format from '../format.ts';
import { isoOf } from '../house-time.ts';
import { now, zone } from '../store.ts';
import type { ControlOnPage, RequestFromPage, ShownBattery } from '../types.ts';
import { Preview } from './control-preview.tsx';

const VERBS: readonly ControlVerb[] = ['hold', 'charge', 'normal'];
const USUAL_LIMIT = 80;
const LEAST_LIMIT = 10;
const LIMIT_STEP = 5;
const CHOICES = 'control-choices';

function percentText(percent: number): string {
  return format.text({ number: String(percent), unit: '%' });
}

function Until({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  const end = nextTime(text, now.value, zone.value);
  return (
    <div class="control-choice">
      <label for="control-until">{words.untilField}</label>
      <span class="control-time">
        <button
          type="button"
          class="icon-button"
          aria-label={words.earlier}
          disabled={end === null}
          onClick={() => onChange(shifted(text, -1))}
        >
          −
        </button>
        <input
          id="control-until"
          type="time"
          required
          value={text}
          aria-describedby="control-until-help"
          onInput={({ currentTarget }) => onChange(currentTarget.value)}
        />
        <button
          type="button"
          class="icon-button"
          aria-label={words.later}
          disabled={end === null}
          onClick={() => onChange(shifted(text, 1))}
        >
          +
        </button>
      </span>
      <span class={end === null ? 'note failed' : 'note'} id="control-until-help">
        {end === null
          ? words.noTime
          : words.untilHelp(format.clockTime(end, zone.value, 'weekdayTime'), format.duration(end - now.value))}
      </span>
    </div>
  );
}

function Limit({ percent, onChange }: { percent: number; onChange: (percent: number) => void }) {
  return (
    <div class="control-choice">
      <label for="control-limit">{words.limitField}</label>
      <output for="control-limit">{percentText(percent)}</output>
      <input
        id="control-limit"
        type="range"
        min={LEAST_LIMIT}
        max={100}
        step={LIMIT_STEP}
        value={percent}
        aria-valuetext={percentText(percent)}
        onInput={({ currentTarget }) => onChange(Number(currentTarget.value))}
      />
    </div>
  );
}

/** null: a choice is missing. */
function requestOf(verb: ControlVerb, end: number | null, limit: number): RequestFromPage | null {
  if (verb === 'normal') return { verb };
  if (end === null) return null;
  return { verb, until: isoOf(end), ...(verb === 'charge' ? { charge_limit: limit } : {}) };
}

function sendLabel(verb: ControlVerb, until: string, limit: number): string {
  const { send } = words;
  if (verb === 'normal') return send.normal;
  return verb === 'hold' ? send.hold(until) : send.charge(percentText(limit), until);
}

interface VerbsProps {
  battery: ShownBattery;
  control: ControlOnPage;
  sent: (change: number) => void;
}

export function Verbs({ battery, control, sent }: VerbsProps) {
  const [chosen, setChosen] = useState<ControlVerb | null>(null);
  const [until, setUntil] = useState(() => usualEnd(now.peek(), zone.peek()));
  const [limit, setLimit] = useState(USUAL_LIMIT);
  const request = chosen === null ? null : requestOf(chosen, nextTime(until, now.value, zone.value), limit);
  const isAble = (verb: ControlVerb) => control.unavailable === null || (verb === 'normal' && control.holding !== null);
  const cancel = () => {
    document.getElementById(`control-${chosen}`)?.focus();
    setChosen(null);
  };
  return (
    <section class="panel control-verbs" aria-label={words.what}>
      <div class="control-buttons">
        {VERBS.map((verb) => (
          <button
            key={verb}
            id={`control-${verb}`}
            type="button"
            class={`verb ${control.mode === verb ? 'active' : ''}`}
            aria-current={control.mode === verb ? 'true' : undefined}
            aria-expanded={chosen === verb}
            aria-controls={CHOICES}
            disabled={!isAble(verb)}
            onClick={() => setChosen(chosen === verb ? null : verb)}
          >
            <strong>{words.verbs[verb]}</strong>
            <span>{words.verbHelp[verb]}</span>
          </button>
        ))}
      </div>
      <div id={CHOICES}>
        {chosen !== null && chosen !== 'normal' && <Until text={until} onChange={setUntil} />}
        {chosen === 'charge' && <Limit percent={limit} onChange={setLimit} />}
        {chosen !== null && request !== null && (
          <Preview
            key={chosen}
            battery={battery.id}
            control={control}
            request={request}
            label={sendLabel(chosen, until, limit)}
            sent={(change) => {
              setChosen(null);
              sent(change);
            }}
            cancel={cancel}
          />
        )}
      </div>
    </section>
  );
}
