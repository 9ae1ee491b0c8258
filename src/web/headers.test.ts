import { expect, it } from 'vitest';
import { securityHeaders } from './headers.ts';

it('allows nothing from elsewhere, no script within the page, and no frame around it', () => {
  const headers = securityHeaders([]);
  const policy = headers['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("script-src 'self';");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(headers).toMatchObject({ 'x-frame-options': 'DENY', 'x-content-type-options': 'nosniff' });
});

it('allows a frame to those the owner names, and says so in the one header that knows a list', () => {
  const headers = securityHeaders(['http://homeassistant.local:8123']);
  expect(headers['content-security-policy']).toContain("frame-ancestors 'self' http://homeassistant.local:8123");
  expect(headers).not.toHaveProperty('x-frame-options');
});
