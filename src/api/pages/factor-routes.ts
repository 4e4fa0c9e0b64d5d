import type { FastifyReply } from 'fastify';
import { Type as T } from 'typebox';
import type { Caller } from '../../identity/caller.ts';
import { safeReturnTo } from '../../identity/return-to.ts';
import { confirmTotp } from '../../identity/totp/confirm.ts';
import { enrolTotp } from '../../identity/totp/enrol.ts';
import { verifyTotp } from '../../identity/totp/verify.ts';
import { Refusal, type RefusalCode } from '../../refusal.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { problemHeaders, toProblem } from '../problem.ts';
import { codesAMinute } from '../rate-limit.ts';
import type { TypedApp } from '../typed.ts';
import { showFactors } from './factors.ts';

const closed = { additionalProperties: false };
const returnTo = T.Optional(T.String({ maxLength: 2_048 }));
const enrolBody = T.Object({ [formTokenField]: T.String(), returnTo }, closed);
const codeBody = T.Object(
  { [formTokenField]: T.String(), returnTo, code: T.String({ maxLength: 20 }) },
  closed,
);
const comeBackTo = () => '/factors';

/** One-time codes of Daypass's own, as pages. */
export function factorPages(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/factors',
    { config: { operation: 'showFactors' }, schema: { hide: true, querystring: T.Object({ returnTo }) } },
    (request, reply) =>
      showFactors(deps, callerOf(request), reply, { returnTo: pageOf(request.query.returnTo) }),
  );
  app.post(
    '/factors/enrol',
    { config: { operation: 'sendEnrolTotp', comeBackTo }, schema: { hide: true, body: enrolBody } },
    async (request, reply) => {
      const seed = (await enrolTotp(deps.identity, callerOf(request))).reveal();
      return showFactors(deps, callerOf(request), reply, { returnTo: pageOf(request.body.returnTo), seed });
    },
  );
  app.post(
    '/factors/confirm',
    {
      config: { operation: 'sendConfirmTotp', comeBackTo, rateLimit: codesAMinute },
      schema: { hide: true, body: codeBody },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const state = { returnTo: pageOf(request.body.returnTo) };
      try {
        await confirmTotp(deps.identity, caller, { code: digitsOf(request.body.code) });
      } catch (error) {
        return again(deps, caller, reply, error, { ...state, confirming: true });
      }
      const note = 'The app is set up. Now prove it is you with its next code.';
      return showFactors(deps, caller, reply, { ...state, note });
    },
  );
  app.post(
    '/factors/verify',
    {
      config: { operation: 'sendVerifyTotp', comeBackTo, rateLimit: codesAMinute },
      schema: { hide: true, body: codeBody },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const returnTo = pageOf(request.body.returnTo);
      try {
        await verifyTotp(deps.identity, caller, { code: digitsOf(request.body.code) });
      } catch (error) {
        return again(deps, caller, reply, error, { returnTo });
      }
      return reply.redirect(returnTo, 303);
    },
  );
}

const mendable: ReadonlySet<RefusalCode> = new Set([
  'invalid_input',
  'conflict',
  'not_possible',
  'factor_locked',
]);

// A wrong code is answered with the form to type the next one into; where to go on to is not lost.
function again(
  deps: ApiDeps,
  caller: Caller,
  reply: FastifyReply,
  error: unknown,
  state: Parameters<typeof showFactors>[3],
): FastifyReply {
  if (!(error instanceof Refusal) || !mendable.has(error.code)) throw error;
  const problem = toProblem(error);
  reply.code(problem.status).headers(problemHeaders(problem, deps.config.acrValuesFor));
  return showFactors(deps, caller, reply, {
    ...state,
    problem,
    confirming: state.confirming === true && problem.code !== 'conflict',
  });
}

// Apps show codes in two groups, and so they are typed and pasted.
function digitsOf(code: string): string {
  return code.replace(/\s/g, '');
}

function pageOf(returnTo: string | undefined): string {
  return safeReturnTo(returnTo ?? '/') ?? '/';
}
