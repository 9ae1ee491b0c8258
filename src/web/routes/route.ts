/**
 * A request under /api, described once: what is checked, answered and written into the OpenAPI document.
 */
import type * as z from 'zod';
import type { WebProblemCode } from '../../problems/web.ts';
import type { Credentials } from '../access/auth.ts';
import type { Role } from '../access/secrets.ts';
import type { Services } from '../services.ts';

/** What is asked, checked. */
export interface CheckedRequest<Query, Body> {
  /** From the path; a battery there is one that is known. */
  readonly id: string;
  /** From the path, `{n}`; 0 where there is none. */
  readonly number: number;
  /** Of the header: a request that is repeated with it is one. */
  readonly idempotencyKey: string | null;
  readonly query: Query;
  readonly body: Body;
  readonly credentials: Credentials;
  /** Whether the browser came by TLS, as far as trusted proxies tell. */
  readonly secure: boolean;
  /** Headers of the answer. */
  setHeader(name: string, value: string): void;
}

export interface Route<Query extends z.ZodType = z.ZodType, Body extends z.ZodType = z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As OpenAPI writes it: `/api/batteries/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly role: Role | 'anyone';
  /** Of an answer that is no problem; without: 200. */
  readonly status?: 200 | 202;
  readonly query?: Query;
  readonly body?: Body;
  /** Of a body with a name that there is not, or a value beyond its range; without: REQUEST_INVALID. */
  readonly notAllowed?: WebProblemCode;
  /** Whether the battery in the path may be one that waits to be shown. */
  readonly takesNewcomers?: boolean;
  readonly response: z.ZodType;
  answer(asked: CheckedRequest<z.infer<Query>, z.infer<Body>>, services: Services): unknown;
}

/** Lets the compiler see that a route's answer fits what it asks. */
export function route<Query extends z.ZodType, Body extends z.ZodType>(one: Route<Query, Body>): Route {
  return one as unknown as Route;
}
