import { globMatches } from '../../catalog/policy/glob.ts';
import type { Condition, Principal, Statement } from './policy-statements.ts';

/** The role that Daypass runs as. Its path is not known: names of roles are unique in an account without it. */
export interface Broker {
  readonly accountId: string;
  readonly roleName: string;
}

/** An answer that is only given when it is certain. */
export type Judged = 'yes' | 'no' | 'unjudged';

/** Who Daypass is, from what GetCallerIdentity answers to a role. Null for anything else. */
export function brokerOf(callerArn: string): Broker | null {
  const [, accountId, roleName] =
    /^arn:aws[a-z-]*:sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/.exec(callerArn) ?? [];
  return accountId === undefined || roleName === undefined ? null : { accountId, roleName };
}

/** Is this the ARN of the broker's role, whatever its path? */
export function isBrokerRole(arn: string, broker: Broker): boolean {
  const [, accountId, name] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  return accountId === broker.accountId && name === broker.roleName;
}

/** Is this a session of the broker's role, by its name? Which one is known only while it lasts. */
export function isBrokerSession({ value }: Principal, broker: Broker): boolean {
  return (
    value.startsWith(`arn:`) && value.includes(`:sts::${broker.accountId}:assumed-role/${broker.roleName}/`)
  );
}

/** The account that a principal hands the decision to: `123456789012` or `arn:aws:iam::123456789012:root`. Null: it is none. */
export function accountOf({ value }: Principal): string | null {
  return /^(?:arn:aws[a-z-]*:iam::)?(\d{12})(?::root)?$/.exec(value)?.[1] ?? null;
}

/** Does the statement speak of the broker? */
export function speaksOf({ principals }: Statement, broker: Broker): Judged {
  if (principals === null || principals.not) return 'unjudged';
  const judged = principals.named.filter(({ kind }) => kind === 'AWS').map((one) => isBroker(one, broker));
  return judged.includes('yes') ? 'yes' : judged.includes('unjudged') ? 'unjudged' : 'no';
}

function isBroker(principal: Principal, broker: Broker): Judged {
  if (principal.value === '*' || accountOf(principal) === broker.accountId) return 'yes';
  if (isBrokerRole(principal.value, broker)) return 'yes';
  return isBrokerSession(principal, broker) ? 'unjudged' : 'no';
}

/** Are the conditions met when the broker assumes the role with this external id? */
export function metByBroker(
  conditions: readonly Condition[],
  broker: Broker,
  externalId: string | null,
): Judged {
  const judged = conditions.map((condition) => met(condition, broker, externalId));
  return judged.includes('no') ? 'no' : judged.includes('unjudged') ? 'unjudged' : 'yes';
}

const comparisons: Readonly<Record<string, { readonly negated: boolean; readonly wildcards: boolean }>> = {
  StringEquals: { negated: false, wildcards: false },
  StringNotEquals: { negated: true, wildcards: false },
  StringLike: { negated: false, wildcards: true },
  StringNotLike: { negated: true, wildcards: true },
  // The two Arn operators behave the same, wildcards and all (IAM User Guide, "ARN condition operators").
  ArnEquals: { negated: false, wildcards: true },
  ArnNotEquals: { negated: true, wildcards: true },
  ArnLike: { negated: false, wildcards: true },
  ArnNotLike: { negated: true, wildcards: true },
};

function met({ operator, key, values }: Condition, broker: Broker, externalId: string | null): Judged {
  const comparison = comparisons[operator];
  // Policy variables would have to be filled in.
  if (comparison === undefined || values.some((value) => value.includes('${'))) return 'unjudged';
  const { negated, wildcards } = comparison;
  const found = anyOf(values, (value) => {
    if (wildcards && /[*?]/.test(value)) return wildcardMet(key, value, broker, externalId);
    switch (key) {
      case 'sts:externalid':
        return value === externalId ? 'yes' : 'no';
      case 'aws:principalarn':
        return isBrokerRole(value, broker) ? 'yes' : 'no';
      case 'aws:principalaccount':
        return value === broker.accountId ? 'yes' : 'no';
      default:
        return 'unjudged';
    }
  });
  if (!negated || found === 'unjudged') return found;
  return found === 'yes' ? 'no' : 'yes';
}

// Case is not looked at, so only "no" is certain for an external id; the broker's path is not known, so only "yes" for its ARN.
function wildcardMet(key: string, value: string, broker: Broker, externalId: string | null): Judged {
  if (key === 'sts:externalid')
    return externalId === null || !globMatches(value, externalId) ? 'no' : 'unjudged';
  if (key !== 'aws:principalarn') return 'unjudged';
  const partition = /^arn:(aws[a-z-]*):/.exec(value)?.[1] ?? 'aws';
  const arn = `arn:${partition}:iam::${broker.accountId}:role/${broker.roleName}`;
  return globMatches(value, arn) && value.includes(broker.roleName) ? 'yes' : 'unjudged';
}

function anyOf(values: readonly string[], judge: (value: string) => Judged): Judged {
  const judged = values.map(judge);
  return judged.includes('yes') ? 'yes' : judged.includes('unjudged') ? 'unjudged' : 'no';
}
