import { conditionTexts, pickedChoiceView, type PickedChoiceView } from '../catalog/describe.ts';
import type { Catalog } from '../catalog/types.ts';
import type { PersonRef } from './approvers.ts';
import type { CommentView, QuestionView } from './comments.ts';
import type { RequestContent } from './content.ts';
import { type PreflightWarning, type SeenBefore, warningsOf } from './preflight.ts';
import type { Approval } from './quorum.ts';
import { canCancel, isOpen, isParty, reviewRight, type Viewer } from './rights.ts';
import type { Sponsorship } from './sponsorship.ts';
import type { RequestState } from './states.ts';
import { askedOf, roundOf, type StoredRequest } from './stored-request.ts';
import { candidateFor } from './turn.ts';
import type { Waiting } from './waiting.ts';

/** A request as callers see it. Times are ISO 8601 in UTC, lengths whole seconds. */
export interface RequestView {
  readonly id: string;
  /** Whose access it is. */
  readonly requester: PersonRef;
  /** Who asked for it. */
  readonly askedBy: PersonRef;
  /** That the requester is from outside; null where they are not. */
  readonly outside: Sponsorship | null;
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
  /** Its user gave it to themselves, by break-glass. */
  readonly breakGlass: boolean;
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
  /** The steps whose turn it is; empty once decided. */
  readonly waitingFor: readonly WaitingFor[];
  /** What rules approve without anybody being asked. */
  readonly approvedByRule: readonly RuleApproval[];
  readonly reviews: readonly ReviewView[];
  /** What was said about it, oldest first. */
  readonly comments: readonly CommentView[];
  /** What those it is about were asked last and have not answered; null once decided. */
  readonly question: QuestionView | null;
  readonly grants: readonly GrantSummary[];
  /** What was seen in AWS that speaks against it, and that nobody could approve it; empty once decided. */
  readonly warnings: readonly PreflightWarning[];
  readonly mayReview: boolean;
  readonly mayCancel: boolean;
  /** May the caller say something about it now, and ask those it is about? */
  readonly mayComment: boolean;
  readonly mayAskBack: boolean;
  /** Has the caller an answer that they may take back? Once access is being made, that is refused. */
  readonly mayWithdraw: boolean;
}

/** A rule of the catalog that approves a part of a request. */
export interface RuleApproval {
  readonly entitlement: string;
  readonly rule: string;
  /** Why, in the words of the catalog. */
  readonly because: string;
}

/** One step whose turn it is. */
export interface WaitingFor {
  readonly entitlement: string;
  readonly step: string;
  readonly rule: string;
  /** How many different people are missing still. */
  readonly needed: number;
  readonly groups: readonly string[];
  /** Whom it asks, in words. */
  readonly whom: string;
  /** At most 20. None: nobody is known who could answer. */
  readonly people: readonly PersonRef[];
  readonly since: string;
  /** When more people are asked, and whom; null where that is not foreseen. */
  readonly escalates: { readonly at: string; readonly whom: string } | null;
}

export interface ReviewView {
  readonly id: string;
  readonly reviewer: PersonRef;
  readonly decision: 'approve' | 'deny';
  readonly comment: string | null;
  readonly via: string;
  /** For whom they answered, by a right that was handed to them; null: for themselves. */
  readonly onBehalfOf: PersonRef | null;
  readonly createdAt: string;
  /** When they took it back; null: it stands. */
  readonly withdrawnAt: string | null;
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
  readonly request: StoredRequest;
  readonly requester: PersonRef;
  readonly askedBy: PersonRef;
  readonly outside: Sponsorship | null;
  /** Every answer, those taken back too. */
  readonly reviews: readonly ReviewView[];
  /** The approvals that can count. */
  readonly approvals: readonly Approval[];
  readonly comments: readonly CommentView[];
  readonly question: QuestionView | null;
  /** Null once it is decided. */
  readonly waiting: Waiting | null;
  readonly grants: readonly GrantSummary[];
  /** What was last seen in AWS of what it asks for. */
  readonly seen: ReadonlyMap<string, SeenBefore>;
}

/** Makes the view that this viewer gets; that they may see the request is decided before. */
export function toView(facts: RequestFacts, catalog: Catalog, viewer: Viewer, now: Date): RequestView {
  const { row, content } = facts.request;
  const asked = askedOf(facts.request);
  const open = isOpen(asked, now);
  const party = isParty(asked, viewer);
  const mayAskBack = open && !party && reviewRight(asked, catalog, viewer).allowed;
  return {
    id: row.id,
    requester: facts.requester,
    askedBy: facts.askedBy,
    outside: facts.outside,
    entitlements: content.entitlements.map(({ id, description, account, target, choice, conditions }) => ({
      id,
      description,
      account: { id: account.id, name: account.name },
      target: target.kind,
      choice: choice === undefined ? null : pickedChoiceView(choice),
      conditions: conditionTexts(conditions),
    })),
    bundles: (content.bundles ?? []).map(({ name }) => name),
    breakGlass: content.breakGlass === true,
    extends: extension(content),
    durationSeconds: content.durationSeconds,
    reason: content.reason,
    ticket: content.ticket,
    startAt: content.startAt,
    state: row.state,
    digest: row.digest,
    catalogVersion: row.catalogVersion,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
    waitingFor: open ? (facts.waiting?.waitingFor ?? []) : [],
    approvedByRule: approvedByRule(content),
    reviews: facts.reviews,
    comments: facts.comments,
    question: open ? facts.question : null,
    grants: facts.grants,
    warnings: open ? [...warningsOf(content, facts.seen, now), ...(facts.waiting?.unmet ?? [])] : [],
    mayReview: open && mayReview(facts, catalog, viewer, now),
    mayCancel: canCancel(asked, viewer),
    mayComment: open && (party || mayAskBack),
    mayAskBack,
    mayWithdraw: mayWithdraw(facts, viewer, open),
  };
}

/** Is it this person's turn to answer? */
function mayReview(facts: RequestFacts, catalog: Catalog, viewer: Viewer, now: Date): boolean {
  const asked = askedOf(facts.request);
  const answered = facts.reviews.some(
    ({ reviewer, withdrawnAt }) => reviewer.id === viewer.personId && withdrawnAt === null,
  );
  return (
    !answered &&
    !isParty(asked, viewer) &&
    reviewRight(asked, catalog, viewer).allowed &&
    candidateFor(roundOf(facts.request), facts.approvals, viewer, now) !== null
  );
}

/** Is there an answer of theirs that stands, of which nothing has come yet? */
function mayWithdraw({ request, reviews, grants }: RequestFacts, viewer: Viewer, open: boolean): boolean {
  const answer = reviews.find(
    ({ reviewer, withdrawnAt }) => reviewer.id === viewer.personId && withdrawnAt === null,
  );
  if (answer === undefined || open) return answer !== undefined;
  const given = grants.some(({ state }) => state === 'activating' || state === 'active');
  return (
    request.row.state === 'approved' &&
    answer.decision === 'approve' &&
    !given &&
    grants.some(({ state }) => state === 'scheduled')
  );
}

function extension({ extends: extended, durationSeconds }: RequestContent): RequestView['extends'] {
  if (extended === undefined) return null;
  const to = new Date(Date.parse(extended.from) + durationSeconds * 1000).toISOString();
  return { ...extended, to };
}

function approvedByRule({ entitlements, byRule = {} }: RequestContent): RuleApproval[] {
  return entitlements.flatMap(({ id, rules = [] }) => {
    const rule = Object.hasOwn(byRule, id) ? byRule[id] : undefined;
    if (rule === undefined) return [];
    const because = rules.find(({ name }) => rule === `${id}#rules.${name}`)?.because ?? '';
    return [{ entitlement: id, rule, because }];
  });
}
