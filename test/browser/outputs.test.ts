/**
 * Outputs on the page: one that works, one that does not, and what changes.
 */
import { expect, it } from 'vitest';
import { Broker } from '../broker.ts';
import { atEnd } from '../server.ts';
import { type House, startHouse } from './house.ts';
import { inChromium } from './suite.ts';
import { Tab } from './tab.ts';

/** Nobody listens there. */
const NOWHERE = 'http://127.0.0.1:1';

interface Connected extends House {
  readonly broker: Broker;
}

async function start(): Promise<Connected> {
  const broker = await Broker.start({ ending: atEnd });
  const environment = {
    ALPHAESS_LOCAL_MQTT_URL: broker.url.replace('//', '//user:s3cret@'),
    ALPHAESS_LOCAL_INFLUX_URL: NOWHERE,
    ALPHAESS_LOCAL_INFLUX_BUCKET: 'house',
  };
  return { ...(await startHouse({ environment })), broker };
}

inChromium('Outputs', start, (browser, house) => {
  it('are shown as they are: one works, the other says why it does not', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
    await tab.reads('.outputs', /MQTT State connected Waiting \d+ Sent \d{1,3} .*Last sent \d+ s ago/);
    await tab.reads('.outputs', /InfluxDB OUTPUT_UNREACHABLE .*State not connected Waiting \d+/);
    expect(await tab.text('.outputs')).not.toContain('s3cret');
    tab.isWithoutComplaint();
  });

  it('turn about when their server goes and comes', async () => {
    const tab = await Tab.open(browser(), house().origin, { at: '#/system' });
    await tab.reads('.outputs', /MQTT State connected/);
    await house().broker.kill();
    await tab.reads('.outputs', /MQTT OUTPUT_UNREACHABLE .*State not connected/);
    await Broker.start({ port: house().broker.port, ending: atEnd });
    await tab.reads('.outputs', /MQTT State connected/);
    tab.isWithoutComplaint();
  });
});
