import { and, eq } from '../db/drizzle.ts';
import type { Work } from '../audit/unit-of-work.ts';
import { requests, requestVersions } from '../db/schema.ts';
import { Refusal } from '../refusal.ts';
import { type Change, fieldsOf, whatChanged } from './changes.ts';
import type { RequestContent } from './content.ts';

type Row = typeof requests.$inferSelect;

/**
 * A review answers what is stored, or something wider that it was narrowed from: what holds for more holds for less.
 * Throws Refusal digest_mismatch with the right digest and what changed. A digest of another request of the same person and the
 * same entitlements (an earlier try, say) is explained field by field; of any other nothing is known.
 */
export async function requireDigest(
  work: Work,
  row: Row,
  content: RequestContent,
  digest: string,
): Promise<void> {
  if (digest === row.digest) return;
  const [wider] = await work.queries
    .select({ digest: requestVersions.digest })
    .from(requestVersions)
    .where(and(eq(requestVersions.requestId, row.id), eq(requestVersions.digest, digest)));
  if (wider !== undefined) return;
  const [earlier] = await work.queries
    .select({ content: requests.content })
    .from(requests)
    .where(and(eq(requests.requester, row.requester), eq(requests.digest, digest)))
    .limit(1);
  const before = earlier?.content as RequestContent | undefined;
  const known = new Set(content.entitlements.map((terms) => terms.id));
  const changed: Change[] =
    before !== undefined && before.entitlements.every((terms) => known.has(terms.id))
      ? whatChanged(before, content)
      : [{ field: 'digest', before: digest, after: row.digest }];
  throw new Refusal(
    'digest_mismatch',
    `The request is not what you reviewed (changed: ${fieldsOf(changed)}). Read it again, then answer with its digest.`,
    { digest: row.digest, changed },
  );
}
