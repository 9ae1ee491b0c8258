/**
 * What does each DNS server answer for the vendor's names: is it this machine?
 */
import type { Answer, DoctorFacts, FoundAddress, MachineFacts, NameFacts } from './facts.ts';
import { type Finding, type FindingCode, finding } from './finding.ts';
import { list } from './words.ts';

/** What batteries are known to ask for (docs/protocol.md). */
export const VENDOR_NAMES: readonly string[] = ['www.alphaess.com'];

const DEPENDS: readonly FindingCode[] = ['NAME_LEADS_ELSEWHERE', 'NAME_BLOCKED', 'NAME_WITHOUT_ANSWER'];

type Looked = Pick<DoctorFacts, 'names' | 'machine' | 'batteries' | 'tap'>;

/** A battery that is only listened to goes on to the vendor. */
const TAPPED = { advice: 'Nothing to do while batteries are heard by tap: nothing has to be redirected then.' };

/** What one answer comes to; those that come to the same are said once. */
interface NameVerdict {
  readonly code: FindingCode;
  readonly name: string;
  readonly answer: string;
  readonly resolver: FoundAddress | null;
}

export function checkNames({ names, machine, batteries, tap }: Looked): Finding[] {
  const verdicts = names.flatMap((one) => verdictsOn(one, machine));
  // Redirected by a rule of the router, or for the battery alone, it comes whatever other devices are told.
  const comes = batteries.some(({ delivers }) => delivers);
  const leadsHere = verdicts.some(({ code }) => code === 'NAME_LEADS_HERE' || code === 'NAME_LEADS_TO_HOST');
  return grouped(verdicts).map(([first, resolvers]) => {
    const mild = DEPENDS.includes(first.code) && (comes || leadsHere || tap !== undefined);
    const said = sentence(first, list(resolvers.map(resolverName)));
    return finding(first.code, said, {
      ...(mild ? { level: 'warning' as const } : {}),
      ...(tap === undefined ? advised(first.code, machine, comes) : mild ? TAPPED : {}),
    });
  });
}

function verdictsOn({ name, resolver, a, aaaa }: NameFacts, machine: MachineFacts): NameVerdict[] {
  const verdict = (code: FindingCode, answer: Answer): NameVerdict => ({
    code,
    name,
    resolver,
    answer: textOf(answer),
  });
  const [four, six] = [judged(a, machine), judged(aaaa, machine)];
  // Some houses have IPv6 alone.
  if (four === 'NAME_WITHOUT_ANSWER' && isHere(six)) return [verdict(six, aaaa)];
  if (four === 'NAME_WITHOUT_ANSWER' && six === 'NAME_LEADS_ELSEWHERE') return [verdict(six, aaaa)];
  const first = verdict(four, a);
  return isHere(four) && six === 'NAME_LEADS_ELSEWHERE' ? [first, verdict('NAME_SECOND_DOOR', aaaa)] : [first];
}

function isHere(code: FindingCode): boolean {
  return code === 'NAME_LEADS_HERE' || code === 'NAME_LEADS_TO_HOST';
}

function judged(answer: Answer, { container }: MachineFacts): FindingCode {
  if (answer === 'silent') return 'RESOLVER_SILENT';
  if (answer === 'nonsense') return 'RESOLVER_NONSENSE';
  if (answer.length === 0) return 'NAME_WITHOUT_ANSWER';
  const kinds = new Set(answer.map(({ kind }) => kind));
  if (kinds.has('public') || (kinds.has('private') && !container)) return 'NAME_LEADS_ELSEWHERE';
  if (kinds.has('nowhere')) return 'NAME_BLOCKED';
  return kinds.has('private') ? 'NAME_LEADS_TO_HOST' : 'NAME_LEADS_HERE';
}

function textOf(answer: Answer): string {
  return typeof answer === 'string' ? answer : list(answer.map(({ text }) => text));
}

function grouped(verdicts: readonly NameVerdict[]): [NameVerdict, (FoundAddress | null)[]][] {
  const groups = new Map<string, [NameVerdict, (FoundAddress | null)[]]>();
  for (const verdict of verdicts) {
    const key = JSON.stringify([verdict.code, verdict.name, verdict.answer]);
    const group = groups.get(key) ?? [verdict, []];
    group[1].push(verdict.resolver);
    groups.set(key, group);
  }
  return [...groups.values()];
}

function resolverName(resolver: FoundAddress | null): string {
  return resolver === null ? 'this machine' : `DNS ${resolver.text}`;
}

function sentence({ code, name, answer }: NameVerdict, by: string): string {
  switch (code) {
    case 'NAME_LEADS_HERE':
      return `${name} is ${answer}: this machine (asked: ${by})`;
    case 'NAME_LEADS_TO_HOST':
      return `${name} is ${answer}, which should be this container’s host (asked: ${by})`;
    case 'NAME_SECOND_DOOR':
      return `${name} is by IPv6 ${answer}, which is not this machine (asked: ${by})`;
    case 'NAME_BLOCKED':
      return `${name} is ${answer}, which leads nowhere (asked: ${by})`;
    case 'NAME_WITHOUT_ANSWER':
      return `${name} has no address (asked: ${by})`;
    case 'RESOLVER_SILENT':
      return `no answer for ${name} (asked: ${by})`;
    case 'RESOLVER_NONSENSE':
      return `the answer for ${name} is no address (asked: ${by})`;
    default:
      return `${name} is ${answer}, which is not this machine (asked: ${by})`;
  }
}

/** With the address to enter, where it is known. */
function advised(code: FindingCode, { addresses, container }: MachineFacts, comes: boolean): { advice?: string } {
  if (!DEPENDS.includes(code) || code === 'NAME_WITHOUT_ANSWER') return {};
  if (comes)
    return {
      advice:
        'A battery delivers all the same: its redirection is another, or its connection is an old one. Then it may be lost when that ends.',
    };
  if (container)
    return { advice: 'Enter the address of the machine that runs this container in your DNS for that name.' };
  const [address] = addresses;
  return address === undefined ? {} : { advice: `Enter ${address.text} in your DNS for that name.` };
}
