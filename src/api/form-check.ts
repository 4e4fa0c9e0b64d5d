import type { FastifyInstance, FastifyRequest } from 'fastify';
import { formTokenHolds } from '../identity/form-token.ts';
import { Refusal } from '../refusal.ts';
import type { ApiDeps } from './deps.ts';
import { ruleOf } from './operation-hook.ts';

/** The name of the hidden field that every form carries. */
export const formTokenField = 'formToken';

/**
 * The one check against forms of other sites: everything that a cookie authorises and that changes something. A caller
 * without a sign-in has nothing that another site could use.
 */
export function checkForms(app: FastifyInstance, deps: ApiDeps): void {
  app.addHook('preValidation', async (request) => {
    const rule = ruleOf(request.routeOptions.config);
    if (rule?.credential !== 'cookie' || request.method === 'GET' || request.method === 'HEAD') return;
    if (request.caller === null) return;
    const holds = formTokenHolds(deps.masterKey, request.caller.signInId, sentToken(request.body));
    if (holds && fromHere(request, deps.config.publicUrl)) return;
    throw new Refusal(
      'forbidden',
      'This form is out of date or came from another site. Open the page again and send it from there.',
    );
  });
}

// Browsers say where a form comes from (Origin); where one does not, the token stands alone.
function fromHere(request: FastifyRequest, publicUrl: URL): boolean {
  const { origin } = request.headers;
  return origin === undefined || origin === publicUrl.origin;
}

function sentToken(body: unknown): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, formTokenField) : undefined;
}
