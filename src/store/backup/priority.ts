/** Where the processor or the disk is scarce, batteries come first. */
import { setPriority } from 'node:os';

/** The lowest there is. */
const NICE = 19;

/** This process steps back behind all others; it has nothing else to do. */
export function stepBack(): void {
  try {
    setPriority(NICE);
  } catch {
    // Not everybody may. A backup rests half of the time as well.
  }
}
