import { describe, expect, it } from 'vitest';
import { openApi } from './openapi.ts';
import { ROUTES } from './routes/routes.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document
const document = openApi(ROUTES, '1.2.3', '/') as any;

const OTHERS = ['/metrics', '/healthz', '/readyz'];

describe('the document', () => {
  it('is OpenAPI 3.1 and has every request', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' }, servers: [{ url: '/' }] });
    expect(Object.keys(document.paths)).toEqual([...new Set(ROUTES.map(({ path }) => path)), '/api/live', ...OTHERS]);
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object));
    expect(operations).toHaveLength(ROUTES.length + 1 + OTHERS.length);
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('getBatteriesIdReadings');
  });

  it('describes what is asked', () => {
    const { parameters } = document.paths['/api/batteries/{id}/readings'].get;
    expect(parameters).toEqual([
      { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
      expect.objectContaining({ name: 'from', in: 'query', required: false }),
      expect.objectContaining({ name: 'to' }),
      expect.objectContaining({ name: 'fields', required: true, description: expect.any(String) }),
      expect.objectContaining({
        name: 'points',
        required: false,
        schema: expect.objectContaining({ type: 'integer', default: 500, maximum: 5000 }),
      }),
    ]);
    expect(document.paths['/api/session'].post.requestBody.content['application/json'].schema).toMatchObject({
      required: ['password'],
      additionalProperties: false,
    });
  });

  it('describes what a request is refused for, with its codes', () => {
    const statuses = (path: string, method: string) => Object.keys(document.paths[path][method].responses);
    expect(statuses('/api/session', 'post')).toEqual([
      '200',
      '400',
      '401',
      '403',
      '413',
      '415',
      '421',
      '429',
      'default',
    ]);
    expect(statuses('/api/batteries', 'get')).toEqual(['200', '400', '401', '403', '421', '429', 'default']);
    expect(statuses('/api/batteries/{id}/gaps', 'get')).toContain('404');
    expect(document.paths['/api/batteries/{id}/gaps'].get.responses[404]).toMatchObject({
      description: 'A problem (RFC 9457). Its code is one of NOT_FOUND, BATTERY_NOT_FOUND, CONTROL_CHANGE_NOT_FOUND.',
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    });
    expect(statuses('/metrics', 'get')).toContain('401');
    expect(statuses('/healthz', 'get')).toEqual(['200']);
    expect(statuses('/readyz', 'get')).toEqual(['200', '403', '421', '503']);
  });

  it('has no schema that nothing refers to', () => {
    const text = JSON.stringify(document);
    for (const name of Object.keys(document.components.schemas))
      expect(text).toContain(`"$ref":"#/components/schemas/${name}"`);
  });

  it('describes what is answered, and every event', () => {
    const { responses } = document.paths['/api/batteries/{id}/energy'].get;
    expect(responses[200].content['application/json'].schema.properties.buckets.items.properties).toHaveProperty(
      'load_energy',
    );
    expect(responses.default.content).toHaveProperty('application/problem+json');
    expect(Object.keys(document.components.schemas)).toContain('live_reading');
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });
});
