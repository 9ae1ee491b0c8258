import type { FastifyRequest } from 'fastify';
import { expect, it } from 'vitest';
import { WebError } from '../problem.ts';
import { otherHostPage } from './other-host.ts';

const asked = (host: string, accept: string | undefined = 'text/html,*/*', method = 'GET') =>
  ({ method, host, headers: { accept } }) as unknown as FastifyRequest;
const OTHER = new WebError('HOST_NOT_OURS');

it('a person reads which line to add', () => {
  const page = otherHostPage(OTHER, asked('RaspberryPi.local:7780'));
  expect(page).toContain('hosts: [raspberrypi.local]');
  expect(page).toContain('ALPHAESS_LOCAL_WEB_HOSTS=raspberrypi.local');
});

it.each(['<script>.local', 'a"b', '', '-a', 'x'.repeat(300)])('nothing odd is shown as it came: %s', (host) => {
  const page = otherHostPage(OTHER, asked(host)) ?? '';
  expect(page).toContain('hosts: [the-name]');
  expect(page).not.toContain('<script');
});

it('a program gets the problem, and so does who did something else wrong', () => {
  expect(otherHostPage(OTHER, asked('a.local', '*/*'))).toBeNull();
  expect(otherHostPage(OTHER, { method: 'GET', host: 'a.local', headers: {} } as FastifyRequest)).toBeNull();
  expect(otherHostPage(OTHER, asked('a.local', 'text/html', 'POST'))).toBeNull();
  expect(otherHostPage(new WebError('NOT_FOUND'), asked('a.local'))).toBeNull();
});
