/** What is planned for two days: in words, and each stretch with its time and price. */
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { scheduleTexts as words } from '../schedule-texts.ts';
import { verbText } from '../schedules.ts';
import { zone } from '../store.ts';
import type { SchedulesOnPage } from '../types.ts';
import { TableHead } from './small.tsx';

export function SchedulePlan({ of }: { of: SchedulesOnPage }) {
  const { plan, currency } = of;
  const clock = (iso: string) => format.clockTime(secondsOf(iso), zone.value, 'weekdayTime');
  return (
    <>
      {of.words.length > 0 && (
        <ul class="control-warnings schedule-words">
          {of.words.map((sentence) => (
            <li key={sentence}>{sentence}.</li>
          ))}
        </ul>
      )}
      {plan.length === 0 ? (
        <p class="quiet">{words.nothingPlanned}</p>
      ) : (
        <table class="control-changes schedule-plan">
          <TableHead titles={[words.when, words.what, words.why, words.price(currency)]} />
          <tbody>
            {plan.map(({ from, to, verb, charge_limit: limit, by, price }) => (
              <tr key={from}>
                <th scope="row">{`${clock(from)} – ${clock(to)}`}</th>
                <td>{verbText(verb, limit)}</td>
                <td>{by}</td>
                <td>{price === null ? format.NOTHING : format.decimal(price, 3)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
