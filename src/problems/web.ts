/**
 * What can be wrong with a request to the page or its interface.
 */
import type { Problem } from './problem.ts';

interface WebProblem extends Problem {
  /** Of the answer, by HTTP: 4.. is the requester's fault, 5.. the server's. */
  readonly status: number;
}

export const WEB_PROBLEMS = {
  REQUEST_INVALID: {
    culprit: 'requester',
    status: 400,
    sentence: 'the request is not what was expected',
    advice: 'The detail names what is wrong; /api/openapi.json describes every request.',
  },
  FIELD_UNKNOWN: {
    culprit: 'requester',
    status: 400,
    sentence: 'a field was asked for that there is not, or that has no numbers',
    advice: 'The detail names it; docs/fields.md and /api/fields list them.',
  },
  BUNDLE_NOT_CLEAN: {
    culprit: 'server',
    status: 500,
    sentence: 'a private value was found in the bundle, so that it was not handed out',
    advice: 'The detail names the file. Please tell us that, and share what decode shows instead (docs/captures.md).',
  },
  LOGIN_NEEDED: {
    culprit: 'requester',
    status: 401,
    sentence: 'this is shown only to those who have logged in',
    advice: 'Log in on the page, or send a token: Authorization: Bearer ….',
  },
  LOGIN_WRONG: {
    culprit: 'requester',
    status: 401,
    sentence: 'the password, token or code is wrong',
    advice:
      'A new password is set with: alphaess-local password. If the log says it again and again, a program shows an old password or token, or somebody guesses.',
  },
  SETUP_CLOSED: {
    culprit: 'requester',
    status: 409,
    sentence: 'no first password can be set on the page, since there is one or its owner does not want it',
    advice: 'Log in with it, or set one with: alphaess-local password. The setting is web.setup.',
  },
  ROLE_TOO_LOW: {
    culprit: 'requester',
    status: 403,
    sentence: 'this needs the role control',
    advice: 'Log in with the owner’s password, or use a token of that role.',
  },
  REQUEST_FOREIGN: {
    culprit: 'requester',
    status: 403,
    sentence: 'the request came from another site’s page, or does not say that it is ours',
    advice: 'Programs send the header X-Requested-By with every request that changes something.',
  },
  PROXY_NOT_TRUSTED: {
    culprit: 'requester',
    status: 403,
    sentence: 'the request came through a proxy, and no password is set',
    advice: 'Set one with alphaess-local password, and name the proxy in web.trusted_proxies.',
  },
  HOST_NOT_OURS: {
    culprit: 'requester',
    status: 421,
    sentence: 'the request was for another host name',
    advice: 'If the name is this server’s, add it to web.hosts. A program may ask by any name with a token.',
  },
  NOT_FOUND: {
    culprit: 'requester',
    status: 404,
    sentence: 'there is nothing at this address',
    advice: '/api/openapi.json lists what there is.',
  },
  BATTERY_NOT_FOUND: {
    culprit: 'requester',
    status: 404,
    sentence: 'no battery has that id',
    advice: '/api/batteries lists them.',
  },
  METHOD_NOT_ALLOWED: {
    culprit: 'requester',
    status: 405,
    sentence: 'this cannot be done here',
    advice: 'The header Allow says what can.',
  },
  BODY_TOO_LARGE: {
    culprit: 'requester',
    status: 413,
    sentence: 'the body of the request is too large',
    advice: 'At most 64 kB are taken.',
  },
  MEDIA_TYPE_UNKNOWN: {
    culprit: 'requester',
    status: 415,
    sentence: 'the body of the request is not JSON',
    advice: 'Send it with Content-Type: application/json.',
  },
  ATTEMPTS_TOO_MANY: {
    culprit: 'requester',
    status: 429,
    sentence: 'too many wrong passwords or tokens came',
    advice: 'Wait as long as the header Retry-After says.',
  },
  BATTERY_NOT_NOW: {
    culprit: 'battery',
    status: 503,
    sentence: 'nothing is known of what the battery does now',
    advice: 'It is not connected, or silent: /api/batteries shows since when. Act on nothing until it speaks again.',
  },
  CONTROL_DISABLED: {
    culprit: 'requester',
    status: 403,
    sentence: 'this server does not change how batteries are set',
    advice: 'Set control.enabled, after reading docs/control.md, and restart the server.',
  },
  CONTROL_PASSWORD_NEEDED: {
    culprit: 'requester',
    status: 403,
    sentence: 'how a battery is set can be changed only where a password is set',
    advice: 'Set one with: alphaess-local password.',
  },
  CONTROL_REFUSED: {
    culprit: 'requester',
    status: 422,
    sentence: 'the battery is not to be set so',
    advice: 'The detail names the setting and says why; docs/control.md has what each can be.',
  },
  CONTROL_UNAVAILABLE: {
    culprit: 'battery',
    status: 503,
    sentence: 'the battery cannot be set now',
    advice:
      'The detail says why. Without a configuration of the vendor’s there is no control: docs/control.md says how to get one.',
  },
  CONTROL_UNCONFIRMED: {
    culprit: 'requester',
    status: 409,
    sentence: 'what is known of the battery’s settings may be out of date',
    advice:
      'Have the battery connect anew, so that it tells its settings; or send confirm, if nothing was changed elsewhere.',
  },
  CONTROL_BUDGET_SPENT: {
    culprit: 'requester',
    status: 429,
    sentence: 'the battery has been written to often enough today',
    advice:
      'Settings lie in a memory that wears. Wait until tomorrow, raise control.writes_per_day, or send override for this one.',
  },
  CONTROL_CHANGE_NOT_FOUND: {
    culprit: 'requester',
    status: 404,
    sentence: 'no change of the battery has that number',
    advice: '/api/batteries/{id}/control/changes lists them.',
  },
  SERVER_BUSY: {
    culprit: 'server',
    status: 503,
    sentence: 'too much is asked at once',
    advice: 'Ask again in a moment.',
  },
  QUERY_TOO_LONG: {
    culprit: 'server',
    status: 503,
    sentence: 'the answer took too long to work out',
    advice: 'Ask for a shorter time, or for fewer fields.',
  },
  QUERY_FAILED: {
    culprit: 'server',
    status: 503,
    sentence: 'what is kept could not be read',
    advice: 'Ask again in a moment; if it goes on, the log says why.',
  },
  SERVER_MISTAKE: {
    culprit: 'server',
    status: 500,
    sentence: 'the server could not answer',
    advice: 'This is a mistake of ours: please report it with the line of the log.',
  },
} as const satisfies Record<string, WebProblem>;

export type WebProblemCode = keyof typeof WEB_PROBLEMS;
