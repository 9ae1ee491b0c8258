import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('puts its process behind all others', () => {
  const script = `
    const { stepBack } = await import(${JSON.stringify(new URL('./priority.ts', import.meta.url).href)});
    stepBack();
    process.stdout.write(String((await import('node:os')).getPriority()));`;
  const priority = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(Number(priority)).toBe(19);
});
