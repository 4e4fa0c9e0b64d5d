import { conditionTexts, pickedChoiceView, type PickedChoiceView } from '../catalog/describe.ts';
import type { Catalog } from '../catalog/types.ts';
import type { PersonRef } from './approvers.ts';
import { mostApprovers, type Needs } from './approvers.ts';
import type { RequestContent } from './content.ts';
import { type PreflightWarning, type SeenBefore, warningsOf } from './preflight.ts';
import { tally } from './quorum.ts';
import { type Asked, canCancel, canReview, isOpen, type Viewer } from './rights.ts';
import type { RequestState } from './states.ts';

/** A request as callers see it. Times are ISO 8601 in UTC, lengths whole seconds. */
export interface RequestView {
  readonly id: string;
  readonly requester: PersonRef;
  readonly entitlements: readonly {
    readonly id: string;
    readonly description: string;
    readonly account: { readonly id: string; readonly name: string };
    readonly target: 'role' | 'permission-set';
    /** What it is narrowed to; null: all of it. */
    readonly choice: PickedChoiceView | null;
    /** How, where and when its sessions work, a line for people each. */
    readonly conditions: readonly string[];
  }[];
  /** Names of the bundles it was asked by. */
  readonly bundles: readonly string[];
  /** The live grant that is to end later by `durationSeconds`, from when to when; null where a new one is asked for. */
  readonly extends: { readonly grant: string; readonly from: string; readonly to: string } | null;
  readonly durationSeconds: number;
  readonly reason: string;
  readonly ticket: string | null;
  readonly startAt: string | null;
  readonly state: RequestState;
  readonly digest: string;
  readonly catalogVersion: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly decidedAt: string | null;
  /** Whose answer is missing; empty once decided. No people: nobody is known who could answer. */
  readonly waitingFor: readonly {
    readonly rule: string;
    readonly needed: number;
    readonly groups: readonly string[];
    readonly people: readonly PersonRef[];
  }[];
  readonly reviews: readonly ReviewView[];
  readonly grants: readonly GrantSummary[];
  /** What was seen in AWS that speaks against it; empty once decided. */
  readonly warnings: readonly PreflightWarning[];
  readonly mayReview: boolean;
  readonly mayCancel: boolean;
}

export interface ReviewView {
  readonly id: string;
  readonly reviewer: PersonRef;
  readonly decision: 'approve' | 'deny';
  readonly comment: string | null;
  readonly via: string;
  readonly createdAt: string;
}

export interface GrantSummary {
  readonly id: string;
  readonly entitlement: string;
  readonly state: string;
  readonly startsAt: string;
  readonly endsAt: string;
}

/** Everything about one request that a view is made of. */
export interface RequestFacts {
  readonly id: string;
  readonly requester: PersonRef;
  readonly content: RequestContent;
  readonly digest: string;
  readonly catalogVersion: string;
  readonly state: RequestState;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
  readonly reviews: readonly { readonly review: ReviewView; readonly reviewerGroups: readonly string[] }[];
  readonly grants: readonly GrantSummary[];
  /** What was last seen in AWS of what it asks for. */
  readonly seen: ReadonlyMap<string, SeenBefore>;
  /** Who satisfies `needsOf` this request. */
  readonly approvers: readonly PersonRef[];
}

/** What rights are judged on. */
export function askedOf(
  facts: Pick<RequestFacts, 'content' | 'state' | 'expiresAt'>,
): Asked & { readonly entitlements: RequestContent['entitlements'] } {
  const { content, state, expiresAt } = facts;
  return { requester: content.who, state, expiresAt, entitlements: content.entitlements };
}

/** The groups that a person must be in to answer the request: one of each list, as asked and as in force. */
export function needsOf(content: RequestContent, catalog: Catalog): Needs {
  return content.entitlements.flatMap((terms) => {
    const current = catalog.entitlements.get(terms.id);
    return [terms.approve.groups, ...(current === undefined ? [] : [current.approve.groups])];
  });
}

/** Makes the view that this viewer gets; that they may see the request is decided before. */
export function toView(facts: RequestFacts, catalog: Catalog, viewer: Viewer, now: Date): RequestView {
  const asked = askedOf(facts);
  const { content } = facts;
  return {
    id: facts.id,
    requester: facts.requester,
    entitlements: content.entitlements.map(({ id, description, account, target, choice, conditions }) => ({
      id,
      description,
      account,
      target: target.kind,
      choice: choice === undefined ? null : pickedChoiceView(choice),
      conditions: conditionTexts(conditions),
    })),
    bundles: (content.bundles ?? []).map(({ name }) => name),
    extends: extension(content),
    durationSeconds: content.durationSeconds,
    reason: content.reason,
    ticket: content.ticket,
    startAt: content.startAt,
    state: facts.state,
    digest: facts.digest,
    catalogVersion: facts.catalogVersion,
    createdAt: facts.createdAt.toISOString(),
    expiresAt: facts.expiresAt.toISOString(),
    decidedAt: facts.decidedAt?.toISOString() ?? null,
    waitingFor: isOpen(asked, now) ? waitingFor(facts) : [],
    reviews: facts.reviews.map(({ review }) => review),
    grants: facts.grants,
    warnings: isOpen(asked, now) ? warningsOf(content, facts.seen, now) : [],
    mayReview:
      canReview(asked, catalog, viewer, now) &&
      !facts.reviews.some(({ review }) => review.reviewer.id === viewer.personId),
    mayCancel: canCancel(asked, viewer),
  };
}

function extension({ extends: extended, durationSeconds }: RequestContent): RequestView['extends'] {
  if (extended === undefined) return null;
  const to = new Date(Date.parse(extended.from) + durationSeconds * 1000).toISOString();
  return { ...extended, to };
}

function waitingFor(facts: RequestFacts): RequestView['waitingFor'] {
  const { entitlements, who } = facts.content;
  const approvals = facts.reviews
    .filter(({ review }) => review.decision === 'approve')
    .map(({ review, reviewerGroups }) => ({ personId: review.reviewer.id, groups: reviewerGroups }));
  const people = facts.approvers
    .filter(({ id }) => id !== who && !facts.reviews.some(({ review }) => review.reviewer.id === id))
    .slice(0, mostApprovers);
  const tallies = new Map(tally(entitlements, who, approvals).map((each) => [each.entitlement, each]));
  return entitlements.flatMap(({ id, approve }) => {
    const missing = (tallies.get(id)?.needed ?? 1) - (tallies.get(id)?.have ?? 0);
    return missing <= 0
      ? []
      : [{ rule: `${id}#approve.groups`, needed: missing, groups: approve.groups, people }];
  });
}
