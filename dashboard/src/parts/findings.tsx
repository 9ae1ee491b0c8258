/** What the doctor finds before a battery has come, live. */
import { api } from '../api.ts';
import { firstFindings } from '../findings.ts';
import { useResource } from '../resource.ts';
import { texts } from '../texts.ts';
import { WithDocs } from './with-docs.tsx';

const REFRESH_SECONDS = 5;

export function Findings() {
  const { firstRun } = texts;
  const { data } = useResource('doctor', api.doctor, REFRESH_SECONDS);
  if (data === null) return null;
  return (
    <ul class="findings">
      {firstFindings(data).map(({ code, level, sentence, advice, link }) => (
        <li key={`${code} ${sentence}`} class={level}>
          <strong>{firstRun.levels[level]}:</strong> {sentence}.{level !== 'ok' && advice !== null && <p>{advice}</p>}
          {level !== 'ok' && link !== null && (
            <p class="note">
              <WithDocs text={firstRun.readMore(link)} />
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
