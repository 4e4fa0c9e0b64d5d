import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from './deps.ts';
import { answerProblem } from './error-answer.ts';
import { answerPage } from './pages/error-page.ts';
import type { Problem } from './problem.ts';

/** Answers addresses that do not exist with 404, and known ones with the wrong method with 405 and `Allow`. */
export function answerUnknownRoutes(app: FastifyInstance, deps: ApiDeps): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.replace(/[?#].*$/s, '');
    const there = app.servedRoutes.filter((route) => patternOf(route.url).test(path));
    const allowed = [...new Set(there.flatMap((route) => route.methods))];
    const problem = allowed.length === 0 ? nothingHere : wrongMethod(allowed);
    if (allowed.length > 0) reply.header('allow', allowed.join(', '));
    const wantsPage = request.headers.accept?.includes('text/html') === true;
    return wantsPage
      ? answerPage(deps, request, reply, problem)
      : answerProblem(deps, request, reply, problem);
  });
}

const nothingHere: Problem = {
  status: 404,
  code: 'not_found',
  detail: 'There is nothing at this address.',
  extra: {},
};

function wrongMethod(allowed: readonly string[]): Problem {
  return {
    status: 405,
    code: 'method_not_allowed',
    detail: `This address takes ${allowed.join(', ')} only.`,
    extra: {},
  };
}

function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
  return new RegExp(`^${parts.join('/')}$`);
}
