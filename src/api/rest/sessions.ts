import { Type as T } from 'typebox';
import { issueSession } from '../../broker/issue-session.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import { GrantId, Session } from './schemas/grant.ts';
import { ref } from './schemas/ref.ts';

/** The one place where credentials leave Daypass. */
export function sessionRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/grants/:id/sessions',
    {
      config: { operation: 'issueSession' },
      preValidation: optionalBody,
      schema: {
        tags: ['grants'],
        summary: 'Credentials under my active grant',
        description:
          'Shown once and never stored by Daypass. Ask again to renew, for as long as the grant lives.',
        params: T.Object({ id: GrantId }),
        body: noInput,
        response: { 201: ref(Session) },
        problems: {
          404: 'There is none, or it is not for the caller to see.',
          409: 'The grant is not active, or may not be used at this hour.',
          422: 'This kind of grant has no credentials to issue.',
          502: 'AWS refused, or answered for another identity than asked.',
        },
      },
    },
    async (request, reply) => {
      const { credentials, ...session } = await issueSession(deps.broker, callerOf(request), {
        grantId: request.params.id,
      });
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .send({ ...session, credentials: credentials.reveal() });
    },
  );
}
