import { Type as T } from 'typebox';
import { confirmTotp } from '../../identity/totp/confirm.ts';
import { enrolTotp } from '../../identity/totp/enrol.ts';
import { resetTotp } from '../../identity/totp/reset.ts';
import { verifyTotp } from '../../identity/totp/verify.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { codesAMinute } from '../rate-limit.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import { Assurance, CodeInput, PersonId, TotpEnrolment } from './schemas/person.ts';
import { ref } from './schemas/ref.ts';

const off = "Daypass's own one-time codes are off.";

/** One-time codes of Daypass's own, where the identity provider has no second factor. */
export function factorRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/factors/totp',
    {
      config: { operation: 'enrolTotp' },
      preValidation: optionalBody,
      schema: {
        tags: ['factors'],
        summary: 'Enrol a one-time-code app',
        description: 'The seed is shown this once. It counts once confirmed with a code.',
        body: noInput,
        response: { 201: ref(TotpEnrolment) },
        problems: { 404: off, 409: 'There is a confirmed app already.' },
      },
    },
    async (request, reply) => {
      const enrolment = await enrolTotp(deps.identity, callerOf(request));
      const { otpauthUri, secret } = enrolment.reveal();
      return reply.code(201).header('cache-control', 'no-store').send({ otpauthUri, secret });
    },
  );
  app.post(
    '/v1/factors/totp/confirm',
    {
      config: { operation: 'confirmTotp', rateLimit: codesAMinute },
      schema: {
        tags: ['factors'],
        summary: 'Confirm the app with its first code',
        body: ref(CodeInput),
        response: { 204: T.Null({ description: 'Confirmed.' }) },
        problems: { 404: off, 409: 'It is confirmed already.', 422: 'A wrong code, or nothing enrolled.' },
      },
    },
    async (request, reply) => {
      await confirmTotp(deps.identity, callerOf(request), request.body);
      return reply.code(204).send(null);
    },
  );
  app.post(
    '/v1/factors/totp/verify',
    {
      config: { operation: 'verifyTotp', rateLimit: codesAMinute },
      schema: {
        tags: ['factors'],
        summary: 'Raise this sign-in to multi-factor, proven now',
        body: ref(CodeInput),
        response: { 200: ref(Assurance) },
        problems: { 404: off, 422: 'A wrong or used code, or no confirmed app.' },
      },
    },
    async (request) => {
      const { level, authenticatedAt } = await verifyTotp(deps.identity, callerOf(request), request.body);
      return { level, authenticatedAt: authenticatedAt.toISOString() };
    },
  );
  app.delete(
    '/v1/people/:id/factors/totp',
    {
      config: { operation: 'resetTotp' },
      schema: {
        tags: ['factors'],
        summary: "Take away a person's lost app; their sign-ins end with it",
        description: 'For operators, and never for oneself.',
        params: T.Object({ id: PersonId }),
        response: { 204: T.Null({ description: 'Done.' }) },
        problems: { 404: 'There is no such factor, or one-time codes are off.' },
      },
    },
    async (request, reply) => {
      await resetTotp(deps.identity, callerOf(request), { personId: request.params.id });
      return reply.code(204).send(null);
    },
  );
}
