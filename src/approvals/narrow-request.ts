import type { Work } from '../audit/unit-of-work.ts';
import { eq } from '../db/drizzle.ts';
import { requests, requestVersions } from '../db/schema.ts';
import type { Answer } from './answers.ts';
import { entitlementIds } from './content.ts';
import { requestDigest } from './digest.ts';
import { narrowed, type Narrowing } from './narrow.ts';
import type { StoredRequest } from './stored-request.ts';

/**
 * Makes a locked, pending request strictly less. What it was is kept; the approvals it has hold for what is left, each with an
 * event that says so.
 * @throws Refusal invalid_input for what is not less
 */
export async function narrowRequest(
  work: Work,
  request: StoredRequest,
  answers: readonly Answer[],
  narrowing: Narrowing,
): Promise<StoredRequest> {
  const { row } = request;
  const content = narrowed(request.content, narrowing);
  const digest = requestDigest(content);
  await work.queries
    .insert(requestVersions)
    .values({ requestId: row.id, digest: row.digest, content: row.content, narrowedAt: work.now });
  await work.queries.update(requests).set({ content, digest }).where(eq(requests.id, row.id));
  const event = {
    outcome: 'success' as const,
    subject: row.requester,
    request: row.id,
    catalogVersion: row.catalogVersion,
  };
  work.audit({
    ...event,
    kind: 'request.narrowed',
    details: {
      from: row.digest,
      digest,
      durationSeconds: content.durationSeconds,
      entitlements: entitlementIds(content),
    },
  });
  for (const answer of answers.filter(({ decision }) => decision === 'approve')) {
    work.audit({
      ...event,
      kind: 'review.carried',
      details: { review: answer.id, from: row.digest, digest },
    });
  }
  return { ...request, content, row: { ...row, content, digest } };
}
