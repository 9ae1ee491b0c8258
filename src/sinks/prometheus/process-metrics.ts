/**
 * What prom-client tells of a process: memory, processor time, garbage collection, the lag of the event loop.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * Gauges in spite of their name, made by listing every socket one by one: a server of twelve thousand batteries counts
 * them itself.
 */
const UNWANTED = /^nodejs_active_/;
/** A mean of nothing, in a spelling that is not the format’s. */
const NO_NUMBER = /^\S+ Nan\n/gm;

/**
 * Of the process, however many servers are in it: what watches garbage collection cannot be taken off again. Made when
 * it is first asked for, since it costs something from then on.
 */
let made: Registry | null = null;

export async function processMetrics(): Promise<string> {
  made ??= make();
  return (await made.metrics()).replaceAll(NO_NUMBER, '');
}

function make(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) if (UNWANTED.test(name)) registry.removeSingleMetric(name);
  return registry;
}
