import { describe, expect, it } from 'vitest';
import { openApi } from './openapi.ts';
import { ROUTES } from './routes/routes.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document
const document = openApi(ROUTES, '1.2.3', '/') as any;

describe('the document', () => {
  it('is OpenAPI 3.1 and has every request', () => {
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' }, servers: [{ url: '/' }] });
    expect(Object.keys(document.paths)).toEqual([...new Set(ROUTES.map(({ path }) => path)), '/api/live']);
    const operations = Object.values(document.paths).flatMap((path) => Object.values(path as object));
    expect(operations).toHaveLength(ROUTES.length + 1);
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
