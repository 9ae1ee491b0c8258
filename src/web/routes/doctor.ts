/**
 * What is wrong, and what to do. Addresses are for the owner alone, and those of who connected only where he asks for them.
 */

import * as schema from '../doctor-schema.ts';
import { WebError } from '../problem.ts';
import { type Route, route } from './route.ts';

export const DOCTOR_ROUTES: readonly Route[] = [
  route({
    method: 'GET',
    path: '/api/doctor',
    summary:
      'What is wrong between the battery and what is kept, and what to do: looks up the battery’s DNS name. ' +
      'With private=true and the role control, addresses of who connected are in it',
    role: 'view',
    query: schema.doctorQuery,
    response: schema.doctor,
    answer: async ({ query, credentials }, { auth, doctor }) => {
      const isOwner = auth.roleOf(credentials) === 'control';
      const isPrivate = query.private === 'true';
      if (isPrivate && !isOwner) throw new WebError('ROLE_TOO_LOW');
      return await doctor.findings(isPrivate ? 'all' : isOwner ? 'own' : 'none');
    },
  }),
  route({
    method: 'GET',
    path: '/api/destination',
    summary: 'Where the battery’s name is to lead: addresses of this machine, for the role control only',
    role: 'view',
    response: schema.destination,
    answer: ({ credentials }, { auth, doctor }) => doctor.destination(auth.roleOf(credentials) === 'control'),
  }),
];
