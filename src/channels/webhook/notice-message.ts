import { eq, inArray } from '../../db/drizzle.ts';
import type { Queries } from '../../db/pool.ts';
import { grants, people, personalData, requestEntitlements, requests } from '../../db/schema.ts';
import type { ClaimedNotice } from './notice-rows.ts';

/** A person as a receiver gets to know them. Name and address are null once they were erased. */
export interface ToldPerson {
  readonly id: string;
  /** Who they are to the identity provider. */
  readonly subject: string;
  readonly name: string | null;
  readonly email: string | null;
}

/** What is sent, as Standard Webhooks has it: a type, a time, and data. */
export type NoticeMessage = {
  readonly type: string;
  /** When it was written. */
  readonly timestamp: string;
  readonly data: {
    /** Whom it is for. */
    readonly to: readonly ToldPerson[];
    readonly request: {
      readonly id: string;
      readonly requester: ToldPerson | null;
      readonly entitlements: readonly string[];
    } | null;
    readonly grant: { readonly id: string; readonly entitlement: string } | null;
    /** The page to look at. */
    readonly link: string | null;
    /** What more there is to say, by kind. */
    readonly facts: unknown;
  };
};

const personId = /prs_[0-9a-hjkmnp-tv-z]{26}/g;

/** Puts a notice together from what the database knows now, so that what was erased or changed since is not sent. */
export async function noticeMessage(
  queries: Queries,
  notice: ClaimedNotice,
  publicUrl: URL,
): Promise<NoticeMessage> {
  const grant = notice.grant === null ? null : await grantOf(queries, notice.grant);
  const requestId = notice.request ?? grant?.requestId ?? null;
  const request = requestId === null ? null : await requestOf(queries, requestId);
  const facts = JSON.stringify(notice.body);
  const known = await peopleOf(queries, [
    ...notice.people,
    ...(request === null ? [] : [request.requester]),
    ...(facts.match(personId) ?? []),
  ]);
  const told = (id: string) => known.get(id)?.told ?? null;
  return {
    type: notice.kind,
    timestamp: notice.createdAt.toISOString(),
    data: {
      to: notice.people.flatMap((id) => (known.get(id)?.active === true ? (told(id) ?? []) : [])),
      request: request === null ? null : { ...request, requester: told(request.requester) },
      grant: grant === null ? null : { id: grant.id, entitlement: grant.entitlement },
      link: requestId === null ? null : new URL(`/requests/${requestId}`, publicUrl).href,
      facts: JSON.parse(facts, (_key, value: unknown) =>
        typeof value === 'string' ? (told(value) ?? value) : value,
      ) as unknown,
    },
  };
}

async function grantOf(queries: Queries, id: string) {
  const [row] = await queries
    .select({ id: grants.id, entitlement: grants.entitlement, requestId: grants.requestId })
    .from(grants)
    .where(eq(grants.id, id));
  return row ?? null;
}

async function requestOf(queries: Queries, id: string) {
  const rows = await queries
    .select({ requester: requests.requester, entitlement: requestEntitlements.entitlement })
    .from(requests)
    .leftJoin(requestEntitlements, eq(requestEntitlements.requestId, requests.id))
    .where(eq(requests.id, id));
  const [first] = rows;
  if (first === undefined) return null;
  const entitlements = rows.flatMap(({ entitlement }) => entitlement ?? []).toSorted();
  return { id, requester: first.requester, entitlements };
}

async function peopleOf(queries: Queries, ids: readonly string[]) {
  const rows = await queries
    .select({
      id: people.id,
      subject: people.subject,
      name: personalData.name,
      email: personalData.email,
      deactivatedAt: people.deactivatedAt,
    })
    .from(people)
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(inArray(people.id, [...new Set(ids)]));
  return new Map(
    rows.map(({ deactivatedAt, ...told }) => [
      told.id,
      { told: told satisfies ToldPerson, active: deactivatedAt === null },
    ]),
  );
}
