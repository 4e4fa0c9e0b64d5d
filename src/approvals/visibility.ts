import { everyFollowUpWho, meantByAny } from '../catalog/break-glass.ts';
import { everyWho } from '../catalog/steps.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { and, eq, gt, ne, or, type SQL, sql } from '../db/drizzle.ts';
import { people, requests, reviews } from '../db/schema.ts';
import { mayAnswer, type Viewer } from './rights.ts';

// These narrow down in SQL what rights.ts decides for each request: nothing that the viewer may see is left out, and what
// they may not see is dropped afterwards. A test holds the two together.

/** Requests among which are all that the viewer may see (`canSee`); undefined stands for all. */
export function perhapsVisibleTo(catalog: Catalog, viewer: Viewer): SQL | undefined {
  if (viewer.personId === '') return sql`false`;
  if (viewer.isAuditor || viewer.isOperator) return undefined;
  return or(
    eq(requests.requester, viewer.personId),
    eq(requests.askedBy, viewer.personId),
    answeredBy(catalog, viewer),
    followedUpBy(catalog, viewer),
    managedBy(catalog, [viewer, ...viewer.principals]),
  );
}

/** Requests among which are all that wait for this person's answer now and do not have it yet. */
export function perhapsAwaiting(viewer: Pick<Subject, 'personId'>, now: Date): SQL | undefined {
  return and(
    eq(requests.state, 'pending'),
    gt(requests.expiresAt, now),
    ne(requests.requester, viewer.personId),
    ne(requests.askedBy, viewer.personId),
    sql`NOT EXISTS (
      SELECT FROM ${reviews}
      WHERE ${reviews.requestId} = ${requests.id} AND ${reviews.reviewer} = ${viewer.personId} AND ${reviews.withdrawnAt} IS NULL
    )`,
  );
}

/** Something that is asked for may be answered by the viewer, by the rules in force; or the rules do not know it any more. */
function answeredBy(catalog: Catalog, viewer: Viewer): SQL {
  const known = [...catalog.entitlements.values()];
  const theirs = known.filter((entitlement) => mayAnswer(entitlement, viewer, null).allowed);
  return sql`${requests.id} IN (
    SELECT request_id FROM request_entitlements
    WHERE entitlement = ANY (${list(theirs.map(({ id }) => id))}) OR entitlement <> ALL (${list(known.map(({ id }) => id))})
  )`;
}

/** Used by break-glass, and to be looked at by the viewer; or the rules in force say nothing of its break-glass. */
function followedUpBy(catalog: Catalog, viewer: Viewer): SQL {
  const known = [...catalog.entitlements.values()].filter(({ breakGlass }) => breakGlass !== undefined);
  // Whose manager the viewer is, is not known here: taken for everybody's.
  const theirs = known.filter(
    ({ breakGlass }) =>
      breakGlass !== undefined &&
      meantByAny(everyFollowUpWho(breakGlass), viewer, viewer.subject ?? null) !== null,
  );
  return sql`(${requests.basis} = 'break-glass' AND ${requests.id} IN (
    SELECT request_id FROM request_entitlements
    WHERE entitlement = ANY (${list(theirs.map(({ id }) => id))}) OR entitlement <> ALL (${list(known.map(({ id }) => id))})
  ))`;
}

/** The requester is managed by one of them, where some rule asks managers. */
function managedBy(catalog: Catalog, heads: readonly Subject[]): SQL | undefined {
  const asksManagers = [...catalog.entitlements.values()].some((entitlement) =>
    everyWho(entitlement).some(({ manager }) => manager === true),
  );
  const subjects = heads.flatMap(({ subject }) => subject ?? []);
  if (!asksManagers || subjects.length === 0) return undefined;
  return sql`${requests.requester} IN (SELECT ${people.id} FROM ${people} WHERE ${people.manager} = ANY (${list(subjects)}))`;
}

function list(values: readonly string[]): SQL {
  return sql`${sql.param([...values])}::text[]`;
}
