import { getMe } from '../../identity/me.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { Me } from './schemas/person.ts';
import { ref } from './schemas/ref.ts';

export function meRoutes(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/v1/me',
    {
      config: { operation: 'getMe' },
      schema: { tags: ['me'], summary: 'Who I am', response: { 200: ref(Me) } },
    },
    (request) => getMe(deps.identity, callerOf(request)),
  );
}
