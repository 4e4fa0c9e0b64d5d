import {
  type Condition,
  covers,
  type Principal,
  readStatements,
  type Statement,
} from './policy-statements.ts';
import {
  accountOf,
  type Broker,
  isBrokerRole,
  isBrokerSession,
  type Judged,
  metByBroker,
  speaksOf,
} from './trust-broker.ts';

/** Somebody else whom a trust policy lets in. */
export interface Other {
  /** For an operator: the principal, and what it means. */
  readonly who: string;
  /** False: conditions stand before it that are not judged. */
  readonly certain: boolean;
}

export interface TrustVerdict {
  /** Of the actions that were asked about: those that the broker may not take, and those that cannot be judged. */
  readonly refused: readonly string[];
  readonly unjudged: readonly string[];
  readonly others: readonly Other[];
  /** Every way in for the broker demands the external id that was asked about. */
  readonly demandsExternalId: boolean;
  /** The broker would be let in without an external id, or with another: what it may not do is for want of that one. */
  readonly wantsOtherExternalId: boolean;
}

export interface TrustQuestion {
  readonly broker: Broker;
  /** What the broker must be able to do, such as sts:AssumeRole. */
  readonly actions: readonly string[];
  readonly externalId: string | null;
}

const assume = 'sts:AssumeRole';
// Every way to a session of a role (Service Authorization Reference, AWS Security Token Service).
const waysIn = [assume, 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity'];

/**
 * Reads a trust policy statement by statement: may the broker in, and who else? Pure, and certain where it says so: what it
 * does not know how to judge is "unjudged", never let through.
 * @param document JSON text
 * @throws UnreadablePolicyError when it cannot be read at all
 */
export function judgeTrust(document: string, question: TrustQuestion): TrustVerdict {
  const statements = readStatements(document);
  const { broker, actions, externalId } = question;
  const judged = actions.map((action) => [action, may(statements, action, broker, externalId)] as const);
  const refused = judged.filter(([, answer]) => answer === 'no').map(([action]) => action);
  return {
    refused,
    unjudged: judged.filter(([, answer]) => answer === 'unjudged').map(([action]) => action),
    others: others(statements, broker),
    demandsExternalId: externalId !== null && demands(statements, broker, externalId),
    wantsOtherExternalId:
      refused.includes(assume) &&
      otherIdsOf(statements).some((id) => may(statements, assume, broker, id) !== 'no'),
  };
}

function may(
  statements: readonly Statement[],
  action: string,
  broker: Broker,
  externalId: string | null,
): Judged {
  const about = statements.filter(({ actions }) => covers(actions, action));
  const apply = (one: Statement): Judged => {
    const both = [speaksOf(one, broker), metByBroker(one.conditions, broker, externalId)];
    return both.includes('no') ? 'no' : both.includes('unjudged') ? 'unjudged' : 'yes';
  };
  const denies = about.filter(({ allow }) => !allow).map(apply);
  if (denies.includes('yes')) return 'no';
  const allows = about.filter(({ allow }) => allow).map(apply);
  if (!allows.includes('yes')) return allows.includes('unjudged') ? 'unjudged' : 'no';
  return denies.includes('unjudged') ? 'unjudged' : 'yes';
}

// The external ids that some statement asks for, and none at all.
function otherIdsOf(statements: readonly Statement[]): (string | null)[] {
  const conditions = statements.flatMap((one) => one.conditions);
  return [null, ...conditions.filter(({ key }) => key === 'sts:externalid').flatMap(({ values }) => values)];
}

/** Without this external id nothing lets the broker in: neither with none, nor with one that nobody chose. */
function demands(statements: readonly Statement[], broker: Broker, externalId: string): boolean {
  const others = [null, `${externalId}-`, ...otherIdsOf(statements)].filter((id) => id !== externalId);
  return others.every((id) => may(statements, assume, broker, id) === 'no');
}

function others(statements: readonly Statement[], broker: Broker): Other[] {
  const shutOut = waysIn.filter((way) => statements.some((one) => shutsOutOthers(one, way, broker)));
  const found = new Map<string, Other>();
  for (const one of statements) {
    if (!one.allow || !waysIn.some((way) => !shutOut.includes(way) && covers(one.actions, way))) continue;
    if (onlyBroker(one.conditions, broker)) continue;
    const certain = one.conditions.every(({ key }) => key === 'sts:externalid');
    for (const who of whom(one, broker)) {
      found.set(who, { who, certain: certain || found.get(who)?.certain === true });
    }
  }
  return [...found.values()];
}

/** Denies this way in to everybody whose ARN is not the broker's. */
function shutsOutOthers(
  { allow, actions, principals, conditions }: Statement,
  way: string,
  broker: Broker,
): boolean {
  const [only, ...more] = conditions;
  return (
    !allow &&
    covers(actions, way) &&
    principals !== null &&
    !principals.not &&
    principals.named.some(({ kind, value }) => kind === 'AWS' && value === '*') &&
    only !== undefined &&
    more.length === 0 &&
    /^(?:String|Arn)Not(?:Equals|Like)$/.test(only.operator) &&
    namesOnlyBroker(only, broker)
  );
}

/** Is one of the conditions that the caller is the broker's role? */
function onlyBroker(conditions: readonly Condition[], broker: Broker): boolean {
  return conditions.some(
    (one) => /^(?:String|Arn)(?:Equals|Like)$/.test(one.operator) && namesOnlyBroker(one, broker),
  );
}

function namesOnlyBroker({ key, values }: Condition, broker: Broker): boolean {
  return (
    key === 'aws:principalarn' &&
    values.length > 0 &&
    values.every((value) => !/[*?]|\$\{/.test(value) && isBrokerRole(value, broker))
  );
}

function whom({ principals }: Statement, broker: Broker): string[] {
  if (principals === null) return ['somebody that no principal says'];
  if (principals.not) return ['everybody but those that NotPrincipal names'];
  return principals.named
    .filter((one) => one.kind !== 'AWS' || !(isBrokerRole(one.value, broker) || isBrokerSession(one, broker)))
    .map(describe);
}

function describe(principal: Principal): string {
  const { kind, value } = principal;
  if (kind !== 'AWS') return `${kind.toLowerCase()} ${value}`;
  if (value === '*') return 'everybody (*)';
  const account = accountOf(principal);
  if (account !== null) return `whomever account ${account} lets`;
  // What is left of a principal that was deleted (IAM User Guide, "IAM identifiers").
  return /^A[A-Z0-9]{15,}$/.test(value) ? `${value} (the id of a principal that was deleted)` : value;
}
