/**
 * Logging in and out. Everybody may ask who he is.
 */
import type * as z from 'zod';
import { COOKIE } from '../access/auth.ts';
import type { Role } from '../access/secrets.ts';
import { LONGEST_MS } from '../access/sessions.ts';
import { WebError } from '../problem.ts';
import * as schema from '../schema.ts';
import type { Services } from '../services.ts';
import { type Route, route } from './route.ts';

export const SESSION_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/session',
    summary: 'Who asks: his role, and whether a password is set',
    role: 'anyone',
    response: schema.session,
    answer: ({ credentials }, services) => {
      // Who opens the page to set the first password looks for the code in the log.
      services.auth.tellSetupCode();
      return sessionView(services.auth.roleOf(credentials), services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/setup',
    summary: 'Set the first password, and log in with it',
    role: 'anyone',
    body: schema.setup,
    response: schema.session,
    answer: async ({ body, credentials, secure, setHeader }, services) => {
      const { key, role } = await services.auth.setUp(body.code, body.password, credentials.address);
      setHeader('set-cookie', cookie(key, LONGEST_MS / 1000, secure, services));
      return sessionView(role, services);
    },
  }),
  route({
    method: 'POST',
    path: '/api/session',
    summary: 'Log in',
    role: 'anyone',
    body: schema.login,
    response: schema.session,
    answer: async ({ body, credentials, secure, setHeader }, services) => {
      if (!services.auth.passwordSet) throw new WebError('REQUEST_INVALID', 'no password is set');
      const { key, role } = await services.auth.logIn(body.password, credentials.address);
      setHeader('set-cookie', cookie(key, LONGEST_MS / 1000, secure, services));
      return sessionView(role, services);
    },
  }),
  route({
    method: 'DELETE',
    path: '/api/session',
    summary: 'Log out',
    role: 'anyone',
    response: schema.session,
    answer: ({ credentials, secure, setHeader }, services) => {
      services.auth.logOut(credentials);
      setHeader('set-cookie', cookie('', 0, secure, services));
      return sessionView(services.auth.closed ? null : 'control', services);
    },
  }),
];

function sessionView(role: Role | null, { auth }: Services): z.infer<typeof schema.session> {
  return { role, password_set: auth.passwordSet, setup: auth.isSetupOpen };
}

function cookie(key: string, seconds: number, secure: boolean, { basePath }: Services): string {
  const attributes = [`Path=${basePath}`, 'HttpOnly', 'SameSite=Strict', `Max-Age=${seconds}`];
  return [`${COOKIE}=${key}`, ...attributes, ...(secure ? ['Secure'] : [])].join('; ');
}
