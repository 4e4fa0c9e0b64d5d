import type { FastifyRequest } from 'fastify';
import { Type as T } from 'typebox';
import { askToExtend } from '../../approvals/ask-to-extend.ts';
import { cancelRequest } from '../../approvals/cancel-request.ts';
import type { SubmitInput } from '../../approvals/submission.ts';
import { submitRequest } from '../../approvals/submit-request.ts';
import { Refusal, type RefusalCode } from '../../refusal.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
import { toProblem } from '../problem.ts';
import { RequestId } from '../rest/schemas/request.ts';
import type { TypedApp } from '../typed.ts';
import { length, ticked, words } from './answer-routes.ts';
import { prefilled, secondsOf } from './form-values.ts';
import { allTheSame } from './held-already.ts';
import { showNewRequest } from './new-request.ts';
import { showRequest } from './request.ts';

const closed = { additionalProperties: false };
const token = { [formTokenField]: T.String() } as const;
const field = (maxLength: number) => T.Optional(T.String({ maxLength }));
// Longer than what is accepted in the end, so that too much comes back in the form with a word about it.
const asking = {
  entitlement: field(300),
  parameters: field(5_000),
  duration: field(40),
  reason: field(5_000),
  ticket: field(1_000),
  for: field(400),
};
// All the same, or more time under a grant.
const held = T.Optional(T.String({ pattern: `^(?:${allTheSame}|grt_[0-9a-hjkmnp-tv-z]{26})$` }));
const params = T.Object({ id: RequestId });
const requestPage = (request: FastifyRequest) => `/requests/${(request.params as { id: string }).id}`;

export function requestPages(app: TypedApp, deps: ApiDeps): void {
  app.get(
    '/requests/new',
    { config: { operation: 'showNewRequest' }, schema: { hide: true, querystring: T.Object(asking) } },
    (request, reply) => showNewRequest(deps, callerOf(request), reply, request.query),
  );
  app.post(
    '/requests/new',
    {
      config: {
        operation: 'sendNewRequest',
        comeBackTo: (request) => prefilled('/requests/new', Object.keys(asking), request.body),
      },
      schema: {
        hide: true,
        body: T.Object({ ...token, ...asking, idempotencyKey: T.String({ maxLength: 200 }), held }, closed),
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { entitlement, parameters, duration, reason, ticket, idempotencyKey } = request.body;
      try {
        const asked = askedFor(entitlement ?? '', parameters ?? '');
        const terms = {
          durationSeconds: secondsOf(duration ?? ''),
          reason: reason ?? '',
          ticket: ticket ?? null,
          idempotencyKey,
        };
        const person = request.body.for?.trim() ?? '';
        const instead = request.body.held;
        const made =
          instead === undefined || instead === allTheSame
            ? await submitRequest(deps.approvals, caller, {
                ...asked,
                ...terms,
                for: person === '' ? null : person,
                unlessHeld: instead === undefined,
              })
            : await askToExtend(deps.approvals, caller, { ...terms, grantId: instead });
        return await reply.redirect(`/requests/${made.id ?? 'new'}`, 303);
      } catch (error) {
        if (!isMendable(error)) throw error;
        await request.server.denials.record(caller, 'sendNewRequest', null, error);
        const problem = toProblem(error);
        return await showNewRequest(deps, caller, reply.code(problem.status), request.body, problem);
      }
    },
  );
  app.get(
    '/requests/:id',
    {
      config: { operation: 'showRequest' },
      // Any id: one that cannot be one is not found, like every other that is none.
      schema: {
        hide: true,
        params: T.Object({ id: T.String() }),
        querystring: T.Object({ comment: words, text: words, duration: length, only: ticked }),
      },
    },
    (request, reply) =>
      showRequest(deps, callerOf(request), reply, { ...request.query, id: request.params.id }),
  );
  app.post(
    '/requests/:id/cancel',
    {
      config: { operation: 'sendCancel', comeBackTo: requestPage },
      schema: { hide: true, params, body: T.Object(token, closed) },
    },
    async (request, reply) => {
      const { id } = request.params;
      await cancelRequest(deps.approvals, callerOf(request), { id });
      return reply.redirect(`/requests/${id}`, 303);
    },
  );
}

const mendable: ReadonlySet<RefusalCode> = new Set([
  'invalid_input',
  'conflict',
  'idempotency_mismatch',
  'not_possible',
]);

function isMendable(error: unknown): error is Refusal {
  return error instanceof Refusal && mendable.has(error.code);
}

// What the list of the form holds: `prod/data:one-bucket` is a choice of prod/data.
function askedFor(chosen: string, parameters: string): Pick<SubmitInput, 'entitlements' | 'options'> {
  const [id = '', choice] = chosen.split(':', 2);
  if (choice === undefined) {
    if (parameters.trim() === '') return { entitlements: [id] };
    throw new Refusal(
      'invalid_input',
      'Values belong to a part of an entitlement: choose one, or leave them out.',
    );
  }
  return { entitlements: [id], options: { [id]: { choice, parameters: valuesOf(parameters) } } };
}

function valuesOf(parameters: string): Record<string, string> {
  const lines = parameters.split(/\r?\n/).filter((line) => line.trim() !== '');
  const pairs = lines.map((line): [string, string] => {
    const at = line.indexOf('=');
    if (at < 1)
      throw new Refusal('invalid_input', 'Write each value on a line of its own, such as bucket=logs.');
    return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
  if (new Set(pairs.map(([name]) => name)).size < pairs.length) {
    throw new Refusal('invalid_input', 'Write each value once.');
  }
  return Object.fromEntries(pairs);
}
