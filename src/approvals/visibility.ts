import { and, eq, gt, ne, or, type SQL, sql } from '../db/drizzle.ts';
import { mayApprove } from '../catalog/evaluate.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { requests, reviews } from '../db/schema.ts';
import type { Viewer } from './rights.ts';

// These say in SQL what rights.ts says of one request, so that a page is found without reading what lies outside it.
// A test holds the two together.

/** Requests that the viewer may see (`canSee`); undefined stands for all. */
export function visibleTo(catalog: Catalog, viewer: Viewer): SQL | undefined {
  if (viewer.personId === '') return sql`false`;
  if (viewer.isAuditor || viewer.isOperator) return undefined;
  return or(eq(requests.requester, viewer.personId), approvedBy(catalog, viewer));
}

/** Requests that wait for this person's answer (`canReview`) and do not have it yet. */
export function awaiting(catalog: Catalog, subject: Subject, now: Date): SQL | undefined {
  return and(
    eq(requests.state, 'pending'),
    gt(requests.expiresAt, now),
    ne(requests.requester, subject.personId),
    approvedBy(catalog, subject),
    sql`NOT EXISTS (
      SELECT FROM jsonb_array_elements(${requests.content} -> 'entitlements') AS terms
      WHERE NOT (terms -> 'approve' -> 'groups' ?| ${list(subject.groups)})
    )`,
    sql`NOT EXISTS (SELECT FROM ${reviews} WHERE ${reviews.requestId} = ${requests.id} AND ${reviews.reviewer} = ${subject.personId})`,
  );
}

/** All that is asked for may be approved by the subject: by the rules in force, or as asked for what they do not know. */
function approvedBy(catalog: Catalog, subject: Subject): SQL {
  const known = [...catalog.entitlements.values()];
  const ids = list(known.map(({ id }) => id));
  const theirs = list(
    known.filter((entitlement) => mayApprove(entitlement, subject).allowed).map(({ id }) => id),
  );
  // The first condition finds candidates by index; the second drops those with anything else in them.
  return sql`(${requests.id} IN (
      SELECT request_id FROM request_entitlements WHERE entitlement = ANY(${theirs}) OR entitlement <> ALL(${ids})
    ) AND NOT EXISTS (
      SELECT FROM request_entitlements e
      WHERE e.request_id = ${requests.id} AND e.entitlement <> ALL(${theirs}) AND NOT (
        e.entitlement <> ALL(${ids}) AND EXISTS (
          SELECT FROM jsonb_array_elements(${requests.content} -> 'entitlements') AS terms
          WHERE terms ->> 'id' = e.entitlement AND terms -> 'approve' -> 'groups' ?| ${list(subject.groups)}
        )
      )
    ))`;
}

function list(values: readonly string[]): SQL {
  return sql`${sql.param([...values])}::text[]`;
}
