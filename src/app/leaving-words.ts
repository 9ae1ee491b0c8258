/**
 * How far leaving has come, in words for the owner.
 */
import { counted } from '../counted.ts';
import type { LedTo } from '../doctor/redirect.ts';
import type { LeavingStep } from '../web/routes/leave.ts';

type PutBack = 'untouched' | 'seen' | 'untold' | 'away' | 'under way' | 'in vain' | 'active';

/**
 * @param verb that the battery has, or may have
 * @param normal what its settings were before that, in words
 */
export function putBackWords(is: PutBack, verb = '', normal = ''): string {
  const byHand = `set it in the vendor’s app or on the battery’s panel: ${normal}`;
  switch (is) {
    case 'untouched':
      return 'this server has changed none of its settings';
    case 'seen':
      return 'no hold or charge is active, and the battery has told its settings since the last change';
    case 'untold':
      return 'the battery was given settings and has not told what it has now: it does when it connects anew';
    case 'away':
      return `the battery still has, or may have, a ${verb}, and is not connected: it is put back as soon as it comes here, so leave the redirect as it is until then. If it never comes, ${byHand}`;
    case 'under way':
      return `a ${verb} is being undone`;
    case 'in vain':
      return `a ${verb} could not be undone: the battery tells otherwise each time. Run this once more, or ${byHand}`;
    case 'active':
      return `a ${verb} is active`;
  }
}

/** @param isBack whether all batteries are as before */
export function redirectWords(led: LedTo, isBack: boolean): LeavingStep {
  switch (led) {
    case 'vendor':
      return {
        isDone: true,
        sentence: isBack
          ? 'DNS leads the vendor’s name to a public address'
          : 'DNS leads the vendor’s name to a public address already: a battery that goes there is not put back by this server',
      };
    case 'here':
      return {
        isDone: false,
        sentence: isBack
          ? 'DNS still leads the vendor’s name to this server: take the entry away in your router or DNS server now (docs/redirect.md), then run this again'
          : 'DNS leads the vendor’s name to this server; leave it so until all batteries are put back',
      };
    case 'another':
      return {
        isDone: false,
        sentence: 'DNS leads the vendor’s name to another machine of this house: is that meant?',
      };
    case 'nowhere':
      return {
        isDone: false,
        sentence:
          'DNS leads the vendor’s name nowhere: the battery would reach nobody. Take the entry, or the filter, away',
      };
    case 'unknown':
      return {
        isDone: false,
        sentence: 'no DNS server said where the vendor’s name leads: alphaess-local doctor says which were asked',
      };
  }
}

export function goneWords(is: 'tapped' | 'connected' | 'comes all the same' | 'just left' | 'gone'): string {
  switch (is) {
    case 'tapped':
      return 'it speaks to the vendor, and is only listened to';
    case 'connected':
      return 'it is connected to this server';
    case 'comes all the same':
      return 'it is connected to this server although DNS leads elsewhere. Run this again in some minutes: it was hung up on, and may know the old address still; if it comes back again, its redirection is another one, such as a rule of the router';
    case 'just left':
      return 'it has just left: in a minute it is known whether it comes back';
    case 'gone':
      return 'it does not come here any more';
  }
}

/** @param entries how many the battery's own log has, since it was first heard */
export function unseenWords(hears: 'nothing' | 'relayed' | 'all', entries: number): string {
  if (hears === 'all') return 'the vendor has received all that this server has heard';
  const log = entries === 0 ? 'no entry of its own log' : `${counted(entries, 'entry', 'entries')} of its log`;
  if (hears === 'relayed')
    return `the vendor has received what was relayed, but for times at which it could not be reached; alarms by it may be missing for these. The battery told ${log}`;
  return `the vendor has received nothing since then: its app has no readings of that time, nobody there saw a fault, and no alarm of it could come. The battery told ${log}`;
}
