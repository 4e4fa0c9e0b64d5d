/** Who calls, as the oracle knows them. Null: nobody. */
export type Who = { readonly id: string; readonly groups: readonly string[] } | null;

/** What the oracle knows of a request or of the request behind a grant. */
export interface Thing {
  readonly owner: string;
  readonly entitlements: readonly string[];
}

// The catalog of world.ts, said once more by hand.
const entitlements: Readonly<Record<string, { readonly ask: string; readonly approve: string }>> = {
  'prod/admin': { ask: 'engineers', approve: 'approvers' },
  'prod/readonly': { ask: 'engineers', approve: 'approvers' },
  'secret/vault': { ask: 'vault-people', approve: 'vault-approvers' },
};

/** What anybody may call, signed in or not. */
export const openToAnyone: ReadonlySet<string> = new Set([
  'getHealth',
  'getReadiness',
  'getMetrics',
  'getOpenapi',
  'authorizeClient',
  'exchangeCode',
  'revokeToken',
  'issuerMetadata',
  'slackCallback',
]);

const inGroup = (who: NonNullable<Who>, group: string) => who.groups.includes(group);
const isAuditor = (who: NonNullable<Who>) => inGroup(who, 'auditors');
const isOperator = (who: NonNullable<Who>) => inGroup(who, 'operators');

export function mayAskFor(who: NonNullable<Who>, ids: readonly string[]): boolean {
  return ids.length > 0 && ids.every((id) => inGroup(who, entitlements[id]?.ask ?? ' '));
}

export function mayApproveSome(who: NonNullable<Who>, ids: readonly string[]): boolean {
  return ids.some((id) => inGroup(who, entitlements[id]?.approve ?? ' '));
}

export function maySeeEntitlement(who: NonNullable<Who>, id: string): boolean {
  return mayAskFor(who, [id]) || mayApproveSome(who, [id]);
}

export function maySeeRequest(who: NonNullable<Who>, request: Thing): boolean {
  return (
    who.id === request.owner || isAuditor(who) || isOperator(who) || mayApproveSome(who, request.entitlements)
  );
}

export function maySeeGrant(who: NonNullable<Who>, grant: Thing): boolean {
  return isAuditor(who) || isOperator(who) || mayEndGrant(who, grant);
}

/** The owner's, and whoever may approve it may end it, as operators may. */
function mayEndGrant(who: NonNullable<Who>, grant: Thing): boolean {
  return who.id === grant.owner || isOperator(who) || mayApproveSome(who, grant.entitlements);
}

/** Whether a success can be right: by who calls, and by what they did it to (null: nothing that exists). */
export function mayHave(operation: string, who: Who, thing: Thing | null): boolean {
  if (openToAnyone.has(operation)) return true;
  if (who === null) return false;
  switch (operation) {
    case 'getMe':
    case 'listEntitlements':
    case 'findEntitlements':
    case 'listRequests':
    case 'listFollowUps':
    case 'listGrants':
    case 'listDelegations':
    case 'listEligibilityReviews':
    case 'createChatLink':
    case 'listChatLinks':
    case 'deleteChatLinks':
    case 'enrolTotp':
    case 'graphql':
      return true;
    case 'listAuditEvents':
      return isAuditor(who);
    case 'getClosure':
    case 'listCatalogs':
    case 'listBoundaries':
      return isAuditor(who) || isOperator(who);
    case 'listPreflight':
    case 'runPreflight':
    case 'resetTotp':
    case 'resetChatLinks':
    case 'confirmClosure':
    case 'getCatalog':
    case 'getCatalogChanges':
    case 'approveCatalog':
    case 'rejectCatalog':
    case 'endGrants':
    case 'silenceEnding':
      return isOperator(who);
    // The one right that can be handed over.
    case 'createDelegation':
      return mayApproveSome(who, ['prod/readonly']);
    case 'endDelegation':
      return thing !== null && (who.id === thing.owner || isOperator(who));
    case 'getEligibilityReview':
      return thing !== null && (isAuditor(who) || isOperator(who) || mayApproveSome(who, thing.entitlements));
    case 'answerEligibility':
      // Of what the hostile world reviews the approvers are the owners.
      return thing !== null && mayApproveSome(who, thing.entitlements);
    case 'submitRequest':
      return thing !== null && mayAskFor(who, thing.entitlements);
    case 'explainEntitlement':
      return (
        thing !== null &&
        (isAuditor(who) || isOperator(who) || thing.entitlements.every((id) => maySeeEntitlement(who, id)))
      );
    case 'getEntitlement':
      return thing !== null && thing.entitlements.every((id) => maySeeEntitlement(who, id));
    case 'getRequest':
      return thing !== null && maySeeRequest(who, thing);
    case 'cancelRequest':
      return thing !== null && (who.id === thing.owner || isOperator(who));
    case 'reviewRequest':
    case 'withdrawReview':
      return thing !== null && who.id !== thing.owner && mayApproveSome(who, thing.entitlements);
    case 'commentOnRequest':
      return thing !== null && (who.id === thing.owner || mayApproveSome(who, thing.entitlements));
    case 'getInsight':
      return (
        thing !== null &&
        (isAuditor(who) ||
          isOperator(who) ||
          (who.id !== thing.owner && mayApproveSome(who, thing.entitlements)))
      );
    case 'getGrant':
      return thing !== null && maySeeGrant(who, thing);
    case 'endGrant':
      return thing !== null && mayEndGrant(who, thing);
    case 'extendGrant':
    case 'issueSession':
    case 'openConsole':
      return thing !== null && who.id === thing.owner;
    default:
      return false;
  }
}
