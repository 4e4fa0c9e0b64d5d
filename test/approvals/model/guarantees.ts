import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { expect } from 'vitest';
import type { Content, Observed, ObservedRequest } from './rows.ts';

// Guarantees 5 to 8 of the design as far as rows alone show them: whatever the model thinks, and whatever the code does.

const decisions = ['approved', 'denied', 'cancelled', 'expired'];
const followers: Readonly<Record<string, readonly string[]>> = {
  pending: ['pending', ...decisions],
  scheduled: ['scheduled', 'activating', 'active', 'failed', 'ending', 'ended'],
  active: ['active', 'ending', 'ended'],
  ending: ['ending', 'ended'],
};

/** Fails the test unless the rows, and what has become of those before, keep to the guarantees. */
export function holdGuarantees(before: Observed, after: Observed): void {
  for (const [label, request] of Object.entries(after.requests)) {
    bindsToContent(request);
    isByDifferentPeople(request, before.requests[label]);
    isDecidedOnce(request);
    givesWhatWasApproved(request);
  }
  for (const [label, was] of Object.entries(before.requests)) goesForwardOnly(was, after.requests[label]);
}

/** 5: every review names what is stored, or something wider that it was narrowed from. */
function bindsToContent({ versions, reviews }: ObservedRequest): void {
  for (const { digest, content } of versions) {
    const hash = createHash('sha256')
      .update(canonicalize(content) ?? '')
      .digest('hex');
    expect(digest).toBe(`sha256:${hash}`);
  }
  for (const { digest } of reviews) expect(versions.map((one) => one.digest)).toContain(digest);
  for (const [place, { content }] of versions.slice(1).entries()) {
    const wider = versions[place]?.content;
    expect(wider?.durationSeconds).toBeGreaterThanOrEqual(content.durationSeconds);
    for (const terms of content.entitlements) expect(wider?.entitlements).toContainEqual(terms);
    const without = (one: Content | undefined) => ({
      ...one,
      durationSeconds: 0,
      entitlements: [],
      skipped: {},
      byRule: {},
    });
    expect(without(content)).toEqual(without(wider));
  }
}

/** 6: nobody whom it is about, nobody twice, and as many as its rules ask for. */
function isByDifferentPeople(
  { requester, askedBy, state, basis, reviews, versions, grants }: ObservedRequest,
  before: ObservedRequest | undefined,
): void {
  const standing = reviews.filter(({ withdrawn }) => !withdrawn);
  for (const { by, behalf } of reviews) {
    expect([requester, askedBy]).not.toContain(by);
    expect([requester, askedBy, by]).not.toContain(behalf);
  }
  expect(new Set(standing.map(({ by }) => by)).size).toBe(standing.length);
  if (state !== 'approved') expect(grants).toEqual([]);
  if (state !== 'approved' || before?.state === 'approved') return;
  // As it was approved: one can have been taken back at the same time, right after.
  const stood = reviews.filter(
    ({ decision }, place) => decision === 'approve' && before?.reviews[place]?.withdrawn !== true,
  );
  const content = versions.at(-1)?.content;
  if (content === undefined) throw new Error('it asks for nothing');
  const needed = Math.max(...content.entitlements.map((terms) => neededFor(terms, content)));
  expect(new Set(stood.map(({ by }) => by)).size).toBeGreaterThanOrEqual(needed);
  expect(basis).toBe(needed === 0 ? 'rule' : 'reviews');
}

function neededFor(
  { id, approve }: Content['entitlements'][number],
  { byRule = {}, skipped = {} }: Content,
): number {
  if (id in byRule) return 0;
  if (!('steps' in approve)) return approve.count;
  const left = approve.steps.filter(({ name }) => skipped[id]?.includes(name) !== true);
  return (left.length === 0 ? approve.steps : left).reduce(
    // Of all who are named at least one is none of those it is about.
    (sum, { count }) => sum + (count === 'all' ? 1 : count),
    0,
  );
}

/** 6: exactly one decision, with its event. */
function isDecidedOnce({ state, events }: ObservedRequest): void {
  const decided = events.filter((kind) => decisions.some((one) => kind === `request.${one}`));
  expect(decided).toEqual(state === 'pending' ? [] : [`request.${state}`]);
}

/** 7 and 8: one grant for each thing that was approved and for nothing else, and every state with its event. */
function givesWhatWasApproved({ requester, versions, grants, events }: ObservedRequest): void {
  const asked = versions.at(-1)?.content.entitlements.map(({ id }) => id) ?? [];
  expect(new Set(grants.map(({ entitlement }) => entitlement)).size).toBe(grants.length);
  for (const { entitlement, person, state, startsAt, endsAt, because } of grants) {
    expect(asked).toContain(entitlement);
    expect(person).toBe(requester);
    expect(events).toContain(`grant.${state}`);
    expect(endsAt).toBeGreaterThan(startsAt);
    expect(because === null).toBe(!['ending', 'ended'].includes(state));
  }
  for (const state of ['scheduled', 'active', 'ending', 'ended']) {
    expect(events.filter((kind) => kind === `grant.${state}`).length).toBeLessThanOrEqual(grants.length);
  }
}

/** What is decided stays so, what has ended stays ended, and no end moves to before. */
function goesForwardOnly(was: ObservedRequest, is: ObservedRequest | undefined): void {
  if (is === undefined) throw new Error('a request is gone');
  expect(followers[was.state] ?? [was.state]).toContain(is.state);
  expect(is.versions.slice(0, was.versions.length)).toEqual(was.versions);
  if (was.state !== 'pending') expect(is.versions).toEqual(was.versions);
  for (const grant of was.grants) {
    const now = is.grants.find(({ id }) => id === grant.id);
    expect(followers[grant.state] ?? [grant.state]).toContain(now?.state);
    expect(now?.startsAt).toBe(grant.startsAt);
    expect(now?.endsAt).toBeGreaterThanOrEqual(grant.endsAt);
    if (['ending', 'ended', 'failed'].includes(grant.state)) expect(now?.endsAt).toBe(grant.endsAt);
  }
}
