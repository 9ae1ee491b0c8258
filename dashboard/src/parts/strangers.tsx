/** Who was refused at the battery port, or spoke there and is no battery: for the owner, who may have to let it in. */
import { api } from '../api.ts';
import * as format from '../format.ts';
import { secondsOf } from '../house-time.ts';
import { useResource } from '../resource.ts';
import { now, session } from '../store.ts';
import { texts } from '../texts.ts';
import { Facts } from './small.tsx';

const REFRESH_SECONDS = 5;

export function Strangers() {
  const { strangers } = texts.system;
  const mayAsk = session.value?.role === 'control';
  const { data } = useResource(mayAsk ? 'strangers' : null, api.strangers, REFRESH_SECONDS);
  if (!mayAsk || data === null || data.length === 0) return null;
  return (
    <div class="strangers">
      <h3>{strangers.title}</h3>
      <p class="note">{strangers.help}</p>
      <Facts
        rows={data.map(({ address, code, times, last_at: last }) => [
          <span key="address" class="mono">
            {address}
          </span>,
          <span key="code">
            <code>{code}</code> {strangers.times(times, texts.ago(format.duration(now.value - secondsOf(last))))}
          </span>,
        ])}
      />
    </div>
  );
}
