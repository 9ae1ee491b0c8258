/**
 * What `decode` and `import` say at the end of a capture: what it lacks, and why nothing was found.
 */
import type { CaptureReader } from '../capture/capture-reader.ts';

/** @param pieces how many frames, or what is none, were found */
export function endingOf({ passed }: Pick<CaptureReader, 'passed'>, pieces: number): string[] {
  const { packets, others, missing, unkept } = passed;
  const lines: string[] = [];
  if (missing > 0) lines.push(`the capture ends in the middle of a packet: ${missing} bytes of it are missing`);
  if (unkept > 0) {
    lines.push(`the recording kept only the beginning of packets, ${unkept} bytes are missing: record with -s 0`);
  }
  if (pieces > 0) return lines;
  if (packets === 0) return [...lines, 'nothing in it'];
  const why = [...others].map(([reason, count]) => `${count} ${reason}`).join(', ');
  const hint = others.has('link layer not known')
    ? 'record on Ethernet or with -i any, not radio packets'
    : 'if the battery was sent to another port, name it with --port';
  return [...lines, `no bytes of the port in ${packets} packets${why === '' ? '' : ` (${why})`}: ${hint}`];
}
