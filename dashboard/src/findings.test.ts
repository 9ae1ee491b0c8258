import { expect, it } from 'vitest';
import { firstFindings } from './findings.ts';
import type { ShownFinding } from './types.ts';

const found = (code: string, level: ShownFinding['level']): ShownFinding => ({
  code,
  level,
  sentence: '',
  advice: null,
  link: null,
});

it('shows the way of the battery and what is wrong, the gravest first', () => {
  const findings = [
    found('PORT_LISTENING', 'ok'),
    found('NAME_LEADS_ELSEWHERE', 'fault'),
    found('VISIT_NOBODY', 'warning'),
    found('SERVER_CLOCK_RIGHT', 'ok'),
    found('DATA_SPACE_LOW', 'warning'),
    found('DATABASE_SOUND', 'ok'),
    found('DATA_UNWRITABLE', 'fault'),
  ];
  expect(firstFindings(findings).map(({ code }) => code)).toEqual([
    ...['NAME_LEADS_ELSEWHERE', 'DATA_UNWRITABLE', 'VISIT_NOBODY', 'DATA_SPACE_LOW', 'PORT_LISTENING'],
  ]);
  expect(findings[0]?.code).toBe('PORT_LISTENING');
});
