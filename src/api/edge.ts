import { randomUUID } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import { authoriseCallers, identifyCallers } from './authentication.ts';
import { answerClientErrors } from './client-error.ts';
import { refuseContentCodings } from './content-coding.ts';
import { contentPolicy } from './content-policy.ts';
import { createDenials } from './denials.ts';
import type { ApiDeps } from './deps.ts';
import { logCalls } from './call-log.ts';
import { answerProblem, errorAnswer } from './error-answer.ts';
import { checkForms } from './form-check.ts';
import { measureCalls } from './metrics.ts';
import { describeApi } from './openapi.ts';
import { toProblem } from './problem.ts';
import { requireOperations } from './operation-hook.ts';
import { readJson } from './json-body.ts';
import { limitRates } from './rate-limit.ts';
import { refuseUnstorableEverywhere } from './storable.ts';
import { createTurns } from './turns.ts';
import { answerUnknownRoutes } from './unknown-route.ts';
import { installSerialisation } from './serialisation.ts';
import { installValidation } from './validation.ts';

const largestBody = 64 * 1024;
const usualReadsAtOnce = 4;

/**
 * The server with everything that every call goes through, and no routes yet: whatever is registered on it afterwards is
 * identified, limited, authorised, checked and answered in the same way.
 */
export async function createEdge(deps: ApiDeps): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    loggerInstance: deps.log,
    // Fastify's own lines carry addresses with their parameters; logCalls writes one line that does not.
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: () => randomUUID(),
    bodyLimit: largestBody,
    connectionTimeout: 70_000,
    requestTimeout: 15_000,
    keepAliveTimeout: 65_000,
    http: { headersTimeout: 10_000 },
    trustProxy: deps.config.trustedProxies.length === 0 ? false : [...deps.config.trustedProxies],
    routerOptions: { maxParamLength: 300 },
    // Addresses that cannot be read at all never reach a route.
    frameworkErrors: (error, request, reply) => {
      answerProblem(deps, request, reply, toProblem(error));
    },
    clientErrorHandler: answerClientErrors(deps.log),
  });
  readJson(app);
  app.decorate('denials', createDenials(deps));
  app.decorate('turns', createTurns(deps.config.readsAtOnce ?? usualReadsAtOnce));
  app.setErrorHandler(errorAnswer(deps));
  app.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  installValidation(app);
  installSerialisation(app);
  await app.register(fastifyHelmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: contentPolicy(),
    },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: deps.config.publicUrl.protocol === 'https:' ? { maxAge: 31_536_000 } : false,
  });
  await app.register(fastifyCookie);
  await describeApi(app);
  requireOperations(app);
  logCalls(app);
  measureCalls(app, deps.metrics);
  identifyCallers(app, deps);
  await limitRates(app);
  authoriseCallers(app);
  refuseContentCodings(app);
  checkForms(app, deps);
  refuseUnstorableEverywhere(app);
  answerUnknownRoutes(app, deps);
  return app;
}
