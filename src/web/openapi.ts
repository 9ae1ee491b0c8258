/**
 * The OpenAPI document: made of the same routes and schemas that requests and responses are checked by.
 */
import * as z from 'zod';
import { WEB_PROBLEMS } from '../problems/web.ts';
import { health, ready } from './health-schema.ts';
import type { Route } from './routes/route.ts';
import * as schema from './schema.ts';

type OpenApiNode = Readonly<Record<string, unknown>>;

/** @param basePath where the page is, with a slash at its end */
export function openApi(routes: readonly Route[], version: string, basePath: string): OpenApiNode {
  const paths: Record<string, Record<string, OpenApiNode>> = {};
  for (const one of routes) {
    const path = paths[one.path] ?? {};
    path[one.method.toLowerCase()] = operation(one);
    paths[one.path] = path;
  }
  paths['/api/live'] = { get: liveOperation() };
  for (const [path, get] of Object.entries(otherOperations())) paths[path] = { get };
  return {
    openapi: '3.1.0',
    info: {
      title: 'alphaess-local',
      version,
      description:
        'What the server knows of the batteries in this house. Times are UTC. Requests that change something need the ' +
        'header X-Requested-By. No response holds a serial number or another private value.',
    },
    servers: [{ url: basePath.replace(/\/$/, '') || '/' }],
    paths,
    components: {
      schemas: { Problem: jsonOf(schema.problem), ...liveSchemas() },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'made with: alphaess-local password --token NAME' },
        cookie: { type: 'apiKey', in: 'cookie', name: 'alphaess_local_session' },
      },
    },
    security: [{ token: [] }, { cookie: [] }, {}],
  };
}

function operation({ method, path, summary, role, query, body, response, status = 200 }: Route): OpenApiNode {
  return {
    summary,
    operationId: `${method.toLowerCase()}${path
      .replace('/api', '')
      .replace(/\W+(\w)/g, (_, letter) => letter.toUpperCase())
      .replace(/\W+$/, '')}`,
    ...(role === 'anyone' ? { security: [{}] } : { description: `Role: ${role}.` }),
    parameters: [...pathParameters(path), ...(query === undefined ? [] : queryParameters(query))],
    ...(body === undefined ? {} : { requestBody: { required: true, content: content(body, 'input') } }),
    responses: {
      [status]: { description: status === 200 ? 'OK' : 'Taken', content: content(response, 'output') },
      ...requestProblems({ role, takesBody: body !== undefined, isOfOne: path.includes('{') }),
      default: problemResponse(Object.keys(WEB_PROBLEMS)),
    },
  };
}

function pathParameters(path: string): OpenApiNode[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters(query: z.ZodType): OpenApiNode[] {
  const { properties = {}, required = [] } = jsonOf(query, 'input') as {
    properties?: Record<string, { description?: string }>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, { description, ...property }]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    ...(description === undefined ? {} : { description }),
    schema: property,
  }));
}

function content(type: z.ZodType, io: 'input' | 'output'): OpenApiNode {
  return { 'application/json': { schema: jsonOf(type, io) } };
}

/** Coerced numbers come as texts of numbers: for a reader of the document they are numbers. */
function jsonOf(type: z.ZodType, io: 'input' | 'output' = 'output'): OpenApiNode {
  const { $schema: _, ...rest } = z.toJSONSchema(type, {
    io,
    override: ({ zodSchema, jsonSchema }) => {
      if (io === 'input' && zodSchema instanceof z.ZodNumber && jsonSchema.type === undefined)
        jsonSchema.type = 'integer';
    },
  });
  return rest;
}

/** What any request of that kind can be refused for; what else can be wrong is the default response. */
function requestProblems(asked: { role: Route['role']; takesBody: boolean; isOfOne: boolean }): OpenApiNode {
  const statuses = [
    ...[400, 403, 421],
    // What anyone may send something to is the login.
    ...(asked.role === 'anyone' && !asked.takesBody ? [] : [401, 429]),
    ...(asked.isOfOne ? [404] : []),
    ...(asked.takesBody ? [413, 415] : []),
  ];
  return Object.fromEntries(statuses.map((status) => [status, problemResponse(codesOf(status))]));
}

/** Codes of docs/errors.md that are answered with that status. */
function codesOf(status: number): string[] {
  return Object.entries(WEB_PROBLEMS).flatMap(([code, problem]) => (problem.status === status ? [code] : []));
}

function problemResponse(codes: readonly string[]): OpenApiNode {
  return {
    description: `A problem (RFC 9457). Its code is ${codes.length > 1 ? 'one of ' : ''}${codes.join(', ')}.`,
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  };
}

function liveSchemas(): OpenApiNode {
  return Object.fromEntries(Object.entries(schema.liveEvents).map(([name, type]) => [`live_${name}`, jsonOf(type)]));
}

function liveOperation(): OpenApiNode {
  const events = Object.keys(schema.liveEvents).map((name) => `${name} (schema live_${name})`);
  return {
    summary: 'What happens, as server-sent events',
    operationId: 'getLive',
    description: `Events: ${events.join(', ')}. Their id resumes: send the last one as Last-Event-ID.`,
    parameters: [
      {
        name: 'frames',
        in: 'query',
        required: false,
        schema: { enum: ['true', 'false'] },
        description: 'raw frames, too',
      },
      { name: 'last_event_id', in: 'query', required: false, schema: { type: 'string' } },
      { name: 'Last-Event-ID', in: 'header', required: false, schema: { type: 'string' } },
    ],
    responses: {
      200: { description: 'OK', content: { 'text/event-stream': { schema: liveStream() } } },
      ...requestProblems({ role: 'view', takesBody: false, isOfOne: false }),
      default: problemResponse(Object.keys(WEB_PROBLEMS)),
    },
  };
}

/** A text whose `data:` lines are one of the events. */
function liveStream(): OpenApiNode {
  const events = Object.keys(schema.liveEvents).map((name) => ({ $ref: `#/components/schemas/live_${name}` }));
  return { type: 'string', contentMediaType: 'application/json', contentSchema: { oneOf: events } };
}

/** What is answered beside /api: to Prometheus, and to a supervisor. */
function otherOperations(): Readonly<Record<string, OpenApiNode>> {
  const readiness = {
    description: 'It listens to batteries and can keep what they send',
    content: content(ready, 'output'),
  };
  return {
    '/metrics': {
      summary: 'All of it for Prometheus, in its text format',
      operationId: 'getMetrics',
      description: 'Role: view.',
      responses: {
        200: { description: 'OK', content: { 'text/plain': { schema: { type: 'string' } } } },
        ...requestProblems({ role: 'view', takesBody: false, isOfOne: false }),
        default: problemResponse(Object.keys(WEB_PROBLEMS)),
      },
    },
    '/healthz': {
      summary: 'Whether the process answers; nothing else is looked at',
      operationId: 'getHealthz',
      security: [{}],
      responses: { 200: { description: 'It does', content: content(health, 'output') } },
    },
    '/readyz': {
      summary: 'Whether batteries are listened to and what they send can be kept',
      operationId: 'getReadyz',
      security: [{}],
      responses: {
        200: readiness,
        503: { ...readiness, description: 'One of the two it cannot' },
        403: problemResponse(codesOf(403)),
        421: problemResponse(codesOf(421)),
      },
    },
  };
}
