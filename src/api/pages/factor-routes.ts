import { Type as T } from 'typebox';
import { safeReturnTo } from '../../identity/return-to.ts';
import { confirmTotp } from '../../identity/totp/confirm.ts';
import { enrolTotp } from '../../identity/totp/enrol.ts';
import { verifyTotp } from '../../identity/totp/verify.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { formTokenField } from '../form-check.ts';
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
    { config: { operation: 'sendConfirmTotp', comeBackTo }, schema: { hide: true, body: codeBody } },
    async (request, reply) => {
      await confirmTotp(deps.identity, callerOf(request), { code: request.body.code });
      return showFactors(deps, callerOf(request), reply, {
        returnTo: pageOf(request.body.returnTo),
        note: 'The app is set up. Prove it is you with its next code.',
      });
    },
  );
  app.post(
    '/factors/verify',
    { config: { operation: 'sendVerifyTotp', comeBackTo }, schema: { hide: true, body: codeBody } },
    async (request, reply) => {
      await verifyTotp(deps.identity, callerOf(request), { code: request.body.code });
      return reply.redirect(pageOf(request.body.returnTo), 303);
    },
  );
}

function pageOf(returnTo: string | undefined): string {
  return safeReturnTo(returnTo ?? '/') ?? '/';
}
