/**
 * What is told of the way from the battery to what is kept, request by request. Part of `schema.ts`.
 */
import * as z from 'zod';

export const doctorQuery = z.strictObject({ private: z.enum(['true', 'false']).optional() });
/** What the doctor finds: docs/doctor.md. */
export const doctor = z.array(
  z.object({
    code: z.string().describe('docs/doctor.md lists them'),
    level: z.enum(['ok', 'warning', 'fault']),
    sentence: z.string().describe('what was seen'),
    advice: z.string().nullable().describe('what to do'),
    link: z.string().nullable().describe('the page of the docs where more stands'),
  }),
);

export const destination = z.object({
  names: z.array(z.string()).describe('that batteries ask for'),
  addresses: z
    .array(z.string())
    .describe('of this machine in the house, the likeliest first; none without the role control'),
  port: z.int().nonnegative().describe('where the server listens for batteries'),
  reachable: z.boolean().describe('false: it listens where no other device reaches it, as on 127.0.0.1'),
  container: z.boolean().describe('true: these are the addresses of a container, not of its host'),
});
