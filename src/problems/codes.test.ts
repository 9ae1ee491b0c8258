import { describe, expect, it } from 'vitest';
import { PROBLEM_TABLES } from './codes.ts';
import { exitCodeOf } from './errors.ts';
import { CULPRITS, type Problem } from './problem.ts';

const ALL: readonly (readonly [code: string, problem: Problem, table: string])[] = Object.entries(
  PROBLEM_TABLES,
).flatMap(([table, problems]) =>
  Object.entries<Problem>(problems).map(([code, problem]) => [code, problem, table] as const),
);

describe('the list of problems', () => {
  it('has each code once, whichever table it is in', () => {
    const codes = ALL.map(([code]) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it.each(ALL)('says whose fault it is, what was seen and what to do: %s', (code, problem) => {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(CULPRITS).toHaveProperty(problem.culprit);
    expect(problem.sentence).toMatch(/^[a-z][^.\n]{10,}[^.\n:]$|^InfluxDB /);
    expect(problem.advice).toMatch(/^[A-Za-z/][^\n]{5,}\.$/);
  });

  it('tells no two problems of one table by the same sentence', () => {
    const said = ALL.map(([, { sentence }, table]) => `${table}: ${sentence}`);
    expect(new Set(said).size).toBe(said.length);
  });

  it('knows no culprit that nothing is the fault of', () => {
    const guilty = new Set(ALL.map(([, { culprit }]) => culprit));
    expect([...guilty].sort()).toEqual(Object.keys(CULPRITS).sort());
  });

  it('ends a command with 2 only where its owner asked wrongly', () => {
    const asked = Object.entries<Problem>(PROBLEM_TABLES.command).filter(([, { culprit }]) => culprit === 'owner');
    expect(asked.length).toBeGreaterThan(3);
    for (const [, problem] of Object.entries<Problem>(PROBLEM_TABLES.command))
      expect(exitCodeOf(problem)).toBe(problem.culprit === 'owner' ? 2 : 1);
  });

  it('answers a request with 4.. where the requester erred, and with 5.. where it did not', () => {
    for (const { culprit, status } of Object.values(PROBLEM_TABLES.request))
      expect([status, Math.floor(status / 100)]).toEqual([status, culprit === 'requester' ? 4 : 5]);
  });
});
