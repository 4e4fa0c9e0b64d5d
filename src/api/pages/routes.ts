import { readFileSync } from 'node:fs';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import fastifyFormbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { Type as T } from 'typebox';
import { endGrant } from '../../broker/end-grant.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { GrantId } from '../rest/schemas/grant.ts';
import { answerPages } from './answer-routes.ts';
import { factorPages } from './factor-routes.ts';
import { followUpPages } from './follow-ups.ts';
import { showHome } from './home.ts';
import { requestPages } from './request-routes.ts';

const stylesheet = readFileSync(new URL('./daypass.css', import.meta.url), 'utf8');

/** Plain pages for people, with forms and no scripts. Signed in by cookie; every form carries its token. */
export async function pageRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  app.removeAllContentTypeParsers();
  await app.register(fastifyFormbody);
  const pages = app.withTypeProvider<TypeBoxTypeProvider>();
  pages.get(
    '/assets/daypass.css',
    { config: { operation: 'getStylesheet' }, schema: { hide: true } },
    (_request, reply) =>
      reply.header('cache-control', 'public, max-age=300').type('text/css; charset=utf-8').send(stylesheet),
  );
  pages.get('/', { config: { operation: 'showHome' }, schema: { hide: true } }, (request, reply) =>
    showHome(deps, request.caller, reply),
  );
  pages.post(
    '/grants/:id/end',
    {
      config: { operation: 'sendEndGrant', comeBackTo: () => '/' },
      schema: {
        hide: true,
        params: T.Object({ id: GrantId }),
        body: T.Object({ [formTokenField]: T.String() }, { additionalProperties: false }),
      },
    },
    async (request, reply) => {
      await endGrant(deps.ending, callerOf(request), { grantId: request.params.id });
      return reply.redirect('/', 303);
    },
  );
  requestPages(pages, deps);
  followUpPages(pages, deps);
  answerPages(pages, deps);
  factorPages(pages, deps);
}
