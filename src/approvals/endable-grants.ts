import type { Catalog } from '../catalog/types.ts';
import { type SQL, sql } from '../db/drizzle.ts';
import { mayAnswer, type Viewer } from './rights.ts';

/**
 * The grants of others that this person may see and end as their approver: those whose request they approved, as long as that
 * stands, and those of entitlements that they may answer for by the rules in force. Exact, as a condition on rows of "grants".
 */
export function endableBy(catalog: Catalog, viewer: Viewer): SQL {
  if (viewer.personId === '') return sql`false`;
  const own = byRules(catalog, { ...viewer, principals: [] });
  // Nobody's right reaches what they asked for themselves, or have: not in the hands of somebody else either.
  const handed = viewer.principals.map(
    (principal) => sql` OR (
      ${byRules(catalog, { ...viewer, principals: [principal] })} AND "grants"."person_id" <> ${principal.personId}
      AND NOT EXISTS (SELECT FROM requests q WHERE q.id = "grants"."request_id" AND q.asked_by = ${principal.personId})
    )`,
  );
  return sql`(
    "grants"."request_id" IN (
      SELECT r.request_id FROM reviews r
      WHERE r.reviewer = ${viewer.personId} AND r.decision = 'approve' AND r.withdrawn_at IS NULL
    ) OR ${own}${sql.join(handed)}
  )`;
}

/** The grants of what the rules let this person answer for: of anybody's, and of those whom they, or who handed them a right, manage. */
function byRules(catalog: Catalog, viewer: Viewer): SQL {
  const known = [...catalog.entitlements.values()];
  const answerable = (manager: string | null) => {
    const ids = known.filter((each) => mayAnswer(each, viewer, manager).allowed).map(({ id }) => id);
    return sql`"grants"."entitlement" = ANY (${sql.param(ids)}::text[])`;
  };
  const heads = [viewer, ...viewer.principals].flatMap(({ subject = '' }) =>
    subject === '' ? [] : [subject],
  );
  const managed = heads.map(
    (subject) =>
      sql` OR (${answerable(subject)} AND "grants"."person_id" IN (SELECT p.id FROM people p WHERE p.manager = ${subject}))`,
  );
  return sql`(${answerable(null)}${sql.join(managed)})`;
}
