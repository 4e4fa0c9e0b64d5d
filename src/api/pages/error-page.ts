import type { FastifyReply, FastifyRequest } from 'fastify';
import { safeReturnTo } from '../../identity/return-to.ts';
import type { Refusal } from '../../refusal.ts';
import type { ApiDeps } from '../deps.ts';
import { demandOf, type Problem, problemHeaders, toProblem } from '../problem.ts';
import { html, type Html } from './html.ts';
import { sendPage } from './layout.ts';
import { problemText, problemTitle } from './problem-text.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The page to come back to when a form was refused for want of a stronger sign-in. */
    comeBackTo?: (request: FastifyRequest) => string;
  }
}

/** Answers with a page that says what went wrong and what to do. */
export function renderError(deps: ApiDeps) {
  return (reply: FastifyReply, refusal: Refusal): FastifyReply =>
    answerPage(deps, reply.request, reply, toProblem(refusal));
}

/** Answers a problem as a page; where signing in (more strongly) would help, the way there. */
export function answerPage(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
): FastifyReply {
  const reading = request.method === 'GET' || request.method === 'HEAD';
  const way = wayOn(deps, request, problem);
  if (way !== null && problem.code === 'unauthenticated' && reading) return reply.redirect(way, 303);
  // A form may only lead to pages of ours (form-action), and signing in leads elsewhere: so this page goes on by itself.
  return sendPage(
    deps,
    reply.code(problem.status).headers(problemHeaders(problem, deps.config.acrValuesFor)),
    request.caller,
    {
      title: problemTitle(problem, request.id),
      body: html`${problemText(problem)}
${details(problem)}
${way === null ? html`<p><a href="${reading ? '/' : backTo(request)}">${reading ? 'To the front page' : 'Go back'}</a></p>` : html`<p><a class="button" href="${way}">Continue</a></p>`}
<p class="quiet">Code ${problem.code}, request ${request.id}</p>`,
      ...(way === null || reading ? {} : { goOnTo: way }),
    },
  );
}

function wayOn(deps: ApiDeps, request: FastifyRequest, problem: Problem): string | null {
  const returnTo = backTo(request);
  if (problem.code === 'unauthenticated') return `/login?${new URLSearchParams({ returnTo }).toString()}`;
  const demand = problem.code === 'insufficient_assurance' ? demandOf(problem) : null;
  if (demand === null) return null;
  // Where Daypass has the second factor, the identity provider has none to ask for.
  if (deps.config.totpEnabled && demand.level === 'multi-factor') {
    return `/factors?${new URLSearchParams({ returnTo }).toString()}`;
  }
  return `/login?${new URLSearchParams({
    level: demand.level,
    ...(demand.maxAgeSeconds === null ? {} : { maxAge: String(demand.maxAgeSeconds) }),
    returnTo,
  }).toString()}`;
}

function backTo(request: FastifyRequest): string {
  const { comeBackTo } = request.routeOptions.config;
  if (comeBackTo !== undefined) return comeBackTo(request);
  if (request.method !== 'GET' || request.routeOptions.config.operation?.startsWith('show') !== true)
    return '/';
  return safeReturnTo(request.url) ?? request.url.replace(/\?.*$/s, '');
}

// Facts that a refusal carries as a list: what changed since it was read, say. Faults of input stand in the detail already.
function details(problem: Problem): Html | null {
  const sentences = Object.values(problem.extra)
    .flatMap((value): unknown[] => (Array.isArray(value) ? value : []))
    .flatMap((entry) => sentenceOf(entry) ?? []);
  if (sentences.length === 0) return null;
  return html`<ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>`;
}

function sentenceOf(entry: unknown): string | null {
  if (typeof entry === 'string') return entry;
  if (typeof entry !== 'object' || entry === null) return null;
  if ('field' in entry && 'before' in entry && 'after' in entry) {
    return `${String(entry.field)}: ${JSON.stringify(entry.before)} is now ${JSON.stringify(entry.after)}`;
  }
  return null;
}
