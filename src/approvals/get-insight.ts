import { eq } from '../db/drizzle.ts';
import { conditionTexts } from '../catalog/describe.ts';
import { mayAsk } from '../catalog/evaluate.ts';
import { narrowerForms } from '../catalog/narrower.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import { people, requests } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import type { EntitlementTerms } from '../catalog/terms.ts';
import type { ApprovalsDeps } from './deps.ts';
import { type PastGrant, pastUse, typicalSeconds } from './past-use.ts';
import { requireOpen } from './open.ts';
import { canSee, isParty, mayKnow, reviewRight, type Viewer } from './rights.ts';
import { readSnapshot } from './snapshot.ts';
import { askedOf, findRequests } from './stored-request.ts';
import { viewerOf } from './viewer.ts';

/** What helps to judge a request. Lengths are whole seconds. */
export interface InsightView {
  readonly request: string;
  readonly entitlements: readonly EntitlementInsight[];
}

export interface EntitlementInsight {
  readonly id: string;
  /** The last grants of it that the requester had, newest first, at most 5. */
  readonly lastGrants: readonly PastGrant[];
  /** When they last got credentials by any of them; null: never. */
  readonly lastUsedAt: string | null;
  /** How long they use it, in the median of the last 20; null when never. */
  readonly typicalUseSeconds: number | null;
  /** How often they asked for it in the 90 days before, and were denied; this request is not counted. */
  readonly asked: number;
  readonly denied: number;
  /** What the role can do, as the catalog says; null where it does not say. */
  readonly actions: readonly string[] | null;
  /** What its sessions can and cannot do besides, a line for people each. */
  readonly limits: readonly string[];
  /** Less, that the requester may ask for instead: from narrow to wide, at most 10. */
  readonly narrower: readonly {
    readonly id: string;
    readonly description: string;
    /** The choice to pick; null: all of it. */
    readonly choice: string | null;
    readonly actions: readonly string[];
    readonly maxDurationSeconds: number;
  }[];
}

const countedDays = 90;
const mostShown = 5;
const mostNarrower = 10;

/**
 * What a request is to be judged by: how its requester used the same before, what it can do, and what would be less. For those
 * who may answer it while it waits, operators and auditors.
 * Throws Refusal not_found, also for what the caller may not see, forbidden, or already_decided.
 */
export async function getInsight(deps: ApprovalsDeps, caller: Caller, id: string): Promise<InsightView> {
  const catalog = deps.catalog();
  const now = deps.clock();
  return readSnapshot(deps.db, async (queries) => {
    const [[request], viewer] = await Promise.all([
      findRequests(queries, eq(requests.id, id)),
      viewerOf(queries, { catalog, now, onCall: deps.onCall() }, caller),
    ]);
    if (request === undefined || !canSee(askedOf(request), catalog, viewer)) throw notFound('request');
    const asked = askedOf(request);
    if (!viewer.isOperator && !viewer.isAuditor) {
      if (isParty(asked, viewer) || !reviewRight(asked, catalog, viewer).allowed) {
        throw new Refusal('forbidden', 'Only those who may answer it, operators and auditors see this.', {
          rule: 'approvers-see-insight',
        });
      }
      requireOpen(asked, now);
    }
    const { entitlements } = request.content;
    const since = new Date(now.getTime() - countedDays * 86_400_000);
    const [past, [requester]] = await Promise.all([
      pastUse(
        queries,
        asked.requester,
        entitlements.map((terms) => terms.id),
        { since, but: id },
      ),
      queries
        .select({ personId: people.id, groups: people.groups, subject: people.subject })
        .from(people)
        .where(eq(people.id, asked.requester)),
    ]);
    return {
      request: id,
      entitlements: entitlements.map((terms) => {
        const used = past.get(terms.id);
        return {
          id: terms.id,
          lastGrants: (used?.grants ?? []).slice(0, mostShown),
          lastUsedAt: used?.lastUsedAt ?? null,
          typicalUseSeconds: typicalSeconds(used?.grants ?? []),
          asked: used?.asked ?? 0,
          denied: used?.denied ?? 0,
          actions: terms.choice?.allow.actions ?? catalog.entitlements.get(terms.id)?.actions ?? null,
          limits: limitsOf(terms),
          narrower: requester === undefined ? [] : narrowerThan(terms, catalog, requester, viewer),
        };
      }),
    };
  });
}

function limitsOf({ target, allowOnward, allowIamWrite, conditions }: EntitlementTerms): string[] {
  if (target.kind === 'permission-set') {
    return ['all that the permission set allows: sessions of the portal are not limited by a policy'];
  }
  return [
    allowOnward ? 'may go on to other roles' : 'cannot go on to other roles',
    allowIamWrite
      ? 'may make lasting ways in, such as access keys and trust policies'
      : 'cannot make lasting ways in, such as access keys and trust policies',
    ...conditionTexts(conditions),
  ];
}

/** What there is of less. What the viewer may not know of stays hidden from them here, too. */
function narrowerThan(
  terms: EntitlementTerms,
  catalog: Catalog,
  requester: Subject,
  viewer: Viewer,
): EntitlementInsight['narrower'] {
  const entitlement = catalog.entitlements.get(terms.id);
  if (entitlement === undefined) return [];
  const offered = [...catalog.entitlements.values()].filter(
    (other) => mayAsk(other, requester).allowed && (other.id === terms.id || mayKnow(other, viewer)),
  );
  const forms = narrowerForms({ entitlement, choice: terms.choice ?? null }, offered);
  return forms.slice(0, mostNarrower).map(({ entitlement: less, choice }) => ({
    id: less.id,
    description: choice?.description ?? less.description,
    choice: choice?.name ?? null,
    actions: choice?.allow.actions ?? less.actions ?? [],
    maxDurationSeconds: less.maxDurationSeconds,
  }));
}
