import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { createEdge } from './edge.ts';
import { graphqlRoutes } from './graphql/routes.ts';
import { slackRoutes } from './inbound/slack.ts';
import { renderClientQuestion } from './pages/client-confirmation.ts';
import { renderError } from './pages/error-page.ts';
import { pageRoutes } from './pages/routes.ts';
import { auditRoutes } from './rest/audit-events.ts';
import { boundaryRoutes } from './rest/boundaries.ts';
import { chatLinkRoutes } from './rest/chat-links.ts';
import { consoleRoutes } from './rest/console.ts';
import { followUpRoutes } from './rest/follow-ups.ts';
import { catalogRoutes } from './rest/catalogs.ts';
import { closureRoutes } from './rest/closure.ts';
import { delegationRoutes } from './rest/delegations.ts';
import { entitlementRoutes } from './rest/entitlements.ts';
import { factorRoutes } from './rest/factors.ts';
import { eligibilityRoutes } from './rest/eligibility.ts';
import { endingRoutes } from './rest/endings.ts';
import { grantRoutes } from './rest/grants.ts';
import { meRoutes } from './rest/me.ts';
import { preflightRoutes } from './rest/preflight.ts';
import { answeringRoutes } from './rest/answering.ts';
import { requestRoutes } from './rest/requests.ts';
import { serviceRoutes } from './rest/service.ts';
import { sessionRoutes } from './rest/sessions.ts';
import { signInRoutes } from './sign-in/routes.ts';

/** The whole edge, ready to listen. Throws when a route has no line in the authorisation table. */
export async function buildServer(deps: ApiDeps): Promise<FastifyInstance> {
  const app = await createEdge(deps);
  const rest = app.withTypeProvider<TypeBoxTypeProvider>();
  meRoutes(rest, deps);
  entitlementRoutes(rest, deps);
  requestRoutes(rest, deps);
  delegationRoutes(rest, deps);
  answeringRoutes(rest, deps);
  grantRoutes(rest, deps);
  endingRoutes(rest, deps);
  boundaryRoutes(rest, deps);
  sessionRoutes(rest, deps);
  consoleRoutes(rest, deps);
  preflightRoutes(rest, deps);
  auditRoutes(rest, deps);
  factorRoutes(rest, deps);
  chatLinkRoutes(rest, deps);
  closureRoutes(rest, deps);
  catalogRoutes(rest, deps);
  followUpRoutes(rest, deps);
  eligibilityRoutes(rest, deps);
  serviceRoutes(rest, deps);
  await app.register((scope) => graphqlRoutes(scope, deps, app.turns));
  await app.register((scope) => pageRoutes(scope, deps));
  const { publicUrl } = deps.config;
  await app.register((scope) =>
    signInRoutes(scope, {
      identity: deps.identity,
      publicUrl,
      renderError: renderError(deps),
      renderClientQuestion: renderClientQuestion(deps),
    }),
  );
  const { slackSigningSecret: signingSecret, slackTeamIds: teamIds, countStranger } = deps;
  if (signingSecret !== null) {
    const slack = { ...deps.approvals, signingSecret, teamIds, publicUrl };
    await app.register((scope) => slackRoutes(scope, { slack, countStranger }));
  }
  await app.ready();
  return app;
}
