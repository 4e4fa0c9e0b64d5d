import { Type as T } from 'typebox';
import { openConsole } from '../../broker/console-sign-in.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { optionalBody } from './optional-body.ts';
import { ConsoleInput, ConsoleSignIn } from './schemas/console.ts';
import { GrantId } from './schemas/grant.ts';
import { ref } from './schemas/ref.ts';

/** The one place where an address that signs in to the console leaves Daypass. */
export function consoleRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/grants/:id/console',
    {
      config: { operation: 'openConsole' },
      preValidation: optionalBody,
      schema: {
        tags: ['grants'],
        summary: 'A way into the AWS console under my active grant',
        description:
          'An address that can be opened for 15 minutes and signs in with a session of its own. Shown once and never stored by Daypass.',
        params: T.Object({ id: GrantId }),
        body: ref(ConsoleInput),
        response: { 201: ref(ConsoleSignIn) },
        problems: {
          404: 'There is none, or it is not for the caller to see.',
          409: 'The grant is not active.',
          422: 'This kind of grant has a way into the console of its own: the AWS access portal.',
          502: 'AWS refused, or answered for another identity than asked.',
        },
      },
    },
    async (request, reply) => {
      const { url, ...signIn } = await openConsole(deps.console, callerOf(request), {
        grantId: request.params.id,
        destination: request.body.destination,
      });
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...signIn, url: url.reveal() });
    },
  );
}
