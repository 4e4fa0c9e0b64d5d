import { asc, eq, inArray } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { grants, people, personalData, reviews } from '../db/schema.ts';
import { type Answer, approvalsOf, selectAnswers } from './answers.ts';
import type { PersonRef } from './approvers.ts';
import { commentsOn, toCommentView, toQuestionView } from './comments.ts';
import type { StoredPerson } from './lock.ts';
import { seenOf } from './preflight.ts';
import { isOpen } from './rights.ts';
import { sponsorshipsOf } from './sponsorship.ts';
import { standingsOf } from './standing.ts';
import { askedOf, type StoredRequest } from './stored-request.ts';
import type { RequestFacts, ReviewView } from './view.ts';
import { loadWaiting, type Moment } from './waiting.ts';

/** Gathers what views of these requests need: the same number of queries, however many there are. Keeps their order. */
export async function loadFacts(
  queries: Queries,
  requests: readonly StoredRequest[],
  moment: Moment,
): Promise<RequestFacts[]> {
  if (requests.length === 0) return [];
  const ids = requests.map(({ row }) => row.id);
  const open = requests.filter((request) => isOpen(askedOf(request), moment.now));
  const [answers, grantsOf, seen, comments] = await Promise.all([
    loadAnswers(queries, ids),
    loadGrants(queries, ids),
    seenOf(queries, open.flatMap(idsOf)),
    commentsOn(queries, ids),
  ]);
  const known = await loadPeople(queries, moment, [
    ...requests.flatMap(({ row }) => [row.requester, row.askedBy]),
    ...comments.map(({ author }) => author),
    ...answers.flatMap(({ reviewer, onBehalfOf }) =>
      onBehalfOf === null ? [reviewer] : [reviewer, onBehalfOf],
    ),
  ]);
  const sponsored = await sponsorshipsOf(
    queries,
    moment.catalog,
    requests.flatMap(({ row }) => known.get(row.requester) ?? []),
  );
  const answersOf = Map.groupBy(answers, ({ requestId }) => requestId);
  const said = Map.groupBy(comments, ({ requestId }) => requestId);
  const approvals = new Map(
    ids.map((id) => {
      const standing = (answersOf.get(id) ?? []).filter(({ withdrawnAt }) => withdrawnAt === null);
      return [id, approvalsOf(standing, known)];
    }),
  );
  const waiting = await loadWaiting(queries, open, approvals, answersOf, moment);
  const name = (id: string): PersonRef => ({ id, name: known.get(id)?.name ?? null });
  return requests.map((request) => {
    const { row } = request;
    return {
      request,
      requester: name(row.requester),
      askedBy: name(row.askedBy),
      outside: sponsored.get(row.requester) ?? null,
      reviews: (answersOf.get(row.id) ?? []).map((answer) => toReview(answer, name)),
      approvals: approvals.get(row.id) ?? [],
      comments: (said.get(row.id) ?? []).map((comment) => toCommentView(comment, name)),
      question: toQuestionView(said.get(row.id) ?? [], [row.requester, row.askedBy], name),
      waiting: waiting.get(row.id) ?? null,
      grants: grantsOf.get(row.id) ?? [],
      seen,
    };
  });
}

/** What a view needs of a request that was made just now: nobody has answered it yet. */
export async function newFacts(
  queries: Queries,
  request: StoredRequest,
  {
    person,
    ...named
  }: { readonly requester: PersonRef; readonly askedBy: PersonRef; readonly person: StoredPerson },
  moment: Moment,
): Promise<RequestFacts> {
  const [waiting, seen, sponsored] = await Promise.all([
    loadWaiting(queries, [request], new Map(), new Map(), moment),
    seenOf(queries, idsOf(request)),
    sponsorshipsOf(queries, moment.catalog, [person]),
  ]);
  const outside = sponsored.get(person.personId) ?? null;
  const own = waiting.get(request.row.id) ?? null;
  const nothing = { reviews: [], approvals: [], comments: [], question: null, grants: [] };
  return { request, ...named, outside, ...nothing, waiting: own, seen };
}

function idsOf({ content }: StoredRequest): string[] {
  return content.entitlements.map(({ id }) => id);
}

interface KnownPerson extends StoredPerson {
  readonly name: string | null;
}

async function loadPeople(
  queries: Queries,
  moment: Moment,
  ids: readonly string[],
): Promise<Map<string, KnownPerson>> {
  const rows = await queries
    .select({ person: people, name: personalData.name })
    .from(people)
    .leftJoin(personalData, eq(personalData.personId, people.id))
    .where(inArray(people.id, [...new Set(ids)]));
  const found = rows.map(({ person, name }) => ({
    personId: person.id,
    groups: person.groups,
    subject: person.subject,
    manager: person.manager,
    active: person.deactivatedAt === null,
    name,
  }));
  const standings = await standingsOf(queries, { ...moment, now: () => moment.now }, found);
  return new Map(
    found.map((person, place) => [person.personId, { outside: false, ...person, ...standings[place] }]),
  );
}

async function loadAnswers(queries: Queries, ids: readonly string[]): Promise<Answer[]> {
  return selectAnswers(queries)
    .where(inArray(reviews.requestId, [...ids]))
    .orderBy(asc(reviews.id));
}

function toReview(answer: Answer, name: (id: string) => PersonRef): ReviewView {
  const { id, decision, comment, via, onBehalfOf } = answer;
  return {
    id,
    reviewer: name(answer.reviewer),
    decision,
    comment,
    via,
    onBehalfOf: onBehalfOf === null ? null : name(onBehalfOf),
    createdAt: answer.createdAt.toISOString(),
    withdrawnAt: answer.withdrawnAt?.toISOString() ?? null,
  };
}

async function loadGrants(
  queries: Queries,
  ids: readonly string[],
): Promise<Map<string, RequestFacts['grants'][number][]>> {
  const rows = await queries
    .select()
    .from(grants)
    .where(inArray(grants.requestId, [...ids]))
    .orderBy(asc(grants.entitlement));
  const byRequest = Map.groupBy(rows, (row) => row.requestId);
  return new Map(
    [...byRequest].map(([id, group]) => [
      id,
      group.map((row) => ({
        id: row.id,
        entitlement: row.entitlement,
        state: row.state,
        startsAt: row.startsAt.toISOString(),
        endsAt: row.endsAt.toISOString(),
      })),
    ]),
  );
}
