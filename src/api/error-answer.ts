import type { FastifyReply, FastifyRequest } from 'fastify';
import type { AssuranceDemand } from '../catalog/types.ts';
import { targetOf } from './denials.ts';
import type { ApiDeps } from './deps.ts';
import { ruleOf } from './operation-hook.ts';
import { answerPage } from './pages/error-page.ts';
import { type Problem, problemBody, problemHeaders, toProblem } from './problem.ts';

/** Answers whatever a call threw: recorded where it is a denial, logged where it is a fault, and then told to the caller. */
export function errorAnswer(deps: ApiDeps) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const operation = request.routeOptions.config.operation ?? 'none';
    const told = await recorded(request, operation, error);
    const problem = withWayOut(toProblem(told), deps.config.totpEnabled);
    if (problem.status >= 500) request.log.error({ err: told, operation, code: problem.code }, 'call failed');
    if (request.caller === null && (problem.status === 401 || problem.status === 429)) {
      deps.countStranger(problem.code, request.ip);
    }
    // Faults that come before routing (a bad address, say) have no rule and answer as data.
    return ruleOf(request.routeOptions.config)?.credential === 'cookie'
      ? answerPage(deps, request, reply, problem)
      : answerProblem(deps, request, reply, problem);
  };
}

// Where one-time codes of Daypass's own are on and would do, the answer says so: a client can then ask for one.
function withWayOut(problem: Problem, totpEnabled: boolean): Problem {
  if (problem.code !== 'insufficient_assurance' || !totpEnabled) return problem;
  const { required } = problem.extra as { readonly required?: AssuranceDemand };
  return required?.level === 'phishing-resistant'
    ? problem
    : { ...problem, extra: { ...problem.extra, totp: true } };
}

/** Answers with problem details (RFC 9457). */
export function answerProblem(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
): FastifyReply {
  return reply
    .code(problem.status)
    .headers(problemHeaders(problem, deps.config.acrValuesFor))
    .header('cache-control', 'no-store')
    .type('application/problem+json')
    .send(JSON.stringify(problemBody(problem, request.id)));
}

// A denial that cannot be recorded is told as what it is: the record is out of reach.
async function recorded(request: FastifyRequest, operation: string, error: unknown): Promise<unknown> {
  try {
    await request.server.denials.record(request.caller, operation, targetOf(request), error);
    return error;
  } catch (failure) {
    return failure;
  }
}
