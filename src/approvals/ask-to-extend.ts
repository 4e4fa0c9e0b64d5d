import { and, eq } from '../db/drizzle.ts';
import { entitlementFromTerms } from '../catalog/terms.ts';
import { grants } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound } from '../refusal.ts';
import type { ApprovalsDeps } from './deps.ts';
import { type SubmittedView, submitRequest } from './submit-request.ts';

export interface ExtendInput {
  readonly grantId: string;
  /** How much longer, in whole seconds. */
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket?: string | null;
  readonly idempotencyKey?: string | null;
  readonly dryRun?: boolean;
}

/**
 * Asks for more time under one's own live grant: a request like any other, for the same entitlement and choice, answered by
 * the same rules. Approved, the grant ends later, and nothing is interrupted.
 * Throws Refusal as submitRequest does; not_found for a grant that is not the caller's own.
 */
export async function askToExtend(
  deps: ApprovalsDeps,
  caller: Caller,
  { grantId, ...input }: ExtendInput,
): Promise<SubmittedView> {
  const [grant] = await deps.db
    .select({ entitlement: grants.entitlement, terms: grants.terms })
    .from(grants)
    .where(and(eq(grants.id, grantId), eq(grants.personId, caller.personId)));
  if (grant === undefined) throw notFound('grant');
  const { choice } = entitlementFromTerms(grant.terms);
  return submitRequest(deps, caller, {
    ...input,
    entitlements: [grant.entitlement],
    ...(choice === undefined
      ? {}
      : { options: { [grant.entitlement]: { choice: choice.name, parameters: choice.parameters } } }),
    extends: grantId,
  });
}
