import { createHash } from 'node:crypto';
import { Ajv } from 'ajv';
import canonicalize from 'canonicalize';
import { Type as T, type Static } from 'typebox';
import { maxIdLength, ranges, type Range } from './limits.ts';
import { idPattern } from './schema.ts';
import { accountTerms, AccountTerms } from './terms-account.ts';
import { approveTerms, ApproveTerms, askTerms, AskTerms, RulesTerms } from './terms-approve.ts';
import { breakGlassTerms, BreakGlassTerms } from './terms-break-glass.ts';
import { choiceTerms, ChoiceTerms, conditionsTerms, ConditionsTerms } from './terms-session.ts';
import { checkTicketPattern } from './ticket.ts';
import { assuranceLevels, type Choice, type Entitlement } from './types.ts';

const closed = { additionalProperties: false };
const seconds = (range: Range) => T.Integer({ minimum: range.min, maximum: range.max });
const text = T.String({ minLength: 1 });
const accountId = T.String({ pattern: '^[0-9]{12}$' });
const demand = T.Object(
  { level: T.Enum([...assuranceLevels]), maxAgeSeconds: T.Union([seconds(ranges.maxAge), T.Null()]) },
  closed,
);

/**
 * The resolved rule and target of one entitlement as plain JSON: what approvals bind to and what a request keeps as
 * its snapshot. `terms` is the version of this form; groups are sorted.
 */
export const EntitlementTerms = T.Object(
  {
    terms: T.Literal(1),
    id: T.String({ pattern: idPattern, maxLength: maxIdLength }),
    description: text,
    account: AccountTerms,
    target: T.Union([
      T.Object(
        {
          kind: T.Literal('role'),
          accountId,
          roleArn: T.String({ pattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:role/.+$' }),
          externalId: T.Union([text, T.Null()]),
          maxSessionSeconds: seconds(ranges.awsSession),
        },
        closed,
      ),
      T.Object(
        {
          kind: T.Literal('permission-set'),
          accountId,
          permissionSetArn: T.String({ pattern: '^arn:aws[a-z-]*:sso:::permissionSet/.+$' }),
          sessionSeconds: seconds(ranges.awsSession),
        },
        closed,
      ),
    ]),
    ask: AskTerms,
    approve: ApproveTerms,
    rules: T.Optional(RulesTerms),
    breakGlass: T.Optional(BreakGlassTerms),
    maxDurationSeconds: seconds(ranges.maxDuration),
    sessionSeconds: seconds(ranges.sessionDuration),
    requestExpiresSeconds: seconds(ranges.requestExpires),
    assurance: T.Object({ ask: demand, approve: demand, issue: demand }, closed),
    ticketPattern: T.Union([text, T.Null()]),
    ticketValidated: T.Optional(T.Literal(true)),
    allowOnward: T.Boolean(),
    allowIamWrite: T.Boolean(),
    roleWideDeny: T.Optional(T.Literal(true)),
    conditions: T.Optional(ConditionsTerms),
    choiceRequired: T.Optional(T.Literal(true)),
    choice: T.Optional(ChoiceTerms),
  },
  closed,
);
export type EntitlementTerms = Static<typeof EntitlementTerms>;

const isTerms = new Ajv({ strict: true }).compile<EntitlementTerms>(EntitlementTerms);

/** The stored terms are not what entitlementTerms wrote. */
export class InvalidTermsError extends Error {
  override readonly name = 'InvalidTermsError';
}

/** The terms of an entitlement: a fresh plain JSON value, the same for the same content. */
export function entitlementTerms(entitlement: Entitlement): EntitlementTerms {
  const { id, description, account, target, ask, approve, assurance } = entitlement;
  return {
    terms: 1,
    id,
    description,
    account: accountTerms(account),
    target: { ...target },
    ask: askTerms(ask),
    approve: approveTerms(approve),
    ...(entitlement.rules === undefined ? {} : { rules: entitlement.rules.map((rule) => ({ ...rule })) }),
    ...(entitlement.breakGlass === undefined ? {} : { breakGlass: breakGlassTerms(entitlement.breakGlass) }),
    maxDurationSeconds: entitlement.maxDurationSeconds,
    sessionSeconds: entitlement.sessionSeconds,
    requestExpiresSeconds: entitlement.requestExpiresSeconds,
    assurance: {
      ask: { ...assurance.ask },
      approve: { ...assurance.approve },
      issue: { ...assurance.issue },
    },
    ticketPattern: entitlement.ticketPattern,
    allowOnward: entitlement.allowOnward,
    allowIamWrite: entitlement.allowIamWrite,
    // Left out where there is nothing, so that terms written before these existed keep their digest.
    ...(entitlement.ticketValidated === true ? { ticketValidated: true } : {}),
    ...(entitlement.roleWideDeny === true ? { roleWideDeny: true } : {}),
    ...(entitlement.conditions === undefined ? {} : { conditions: conditionsTerms(entitlement.conditions) }),
    ...(entitlement.choiceRequired === true ? { choiceRequired: true } : {}),
    ...(entitlement.choice === undefined ? {} : { choice: choiceTerms(entitlement.choice) }),
  };
}

/** The terms of an entitlement with all that a catalog offers beside them: what its version covers. */
export function offeredTerms(entitlement: Entitlement): object {
  const { choices, actions, reviews } = entitlement;
  return {
    ...entitlementTerms(entitlement),
    ...(choices === undefined ? {} : { choices: choices.map(offeredChoice).toSorted(byName) }),
    ...(reviews === undefined ? {} : { reviews }),
    ...(actions === undefined ? {} : { actions }),
  };
}

// The order in the file is for people; the version does not know it.
function offeredChoice(choice: Choice): Choice {
  return { ...choice, parameters: choice.parameters.toSorted(byName) };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/**
 * Reads stored terms back.
 * @param json a value parsed from JSON
 * @throws InvalidTermsError when it is not exactly what entitlementTerms writes
 */
export function entitlementFromTerms(json: unknown): Entitlement {
  if (!isTerms(json)) {
    const first = isTerms.errors?.[0];
    throw new InvalidTermsError(
      `stored terms: ${first?.instancePath ?? ''} ${first?.message ?? 'not valid'}`,
    );
  }
  const { terms: _, ...entitlement } = json;
  const { target, ticketPattern, account } = entitlement;
  const sameAccount =
    target.accountId === account.id &&
    (target.kind !== 'role' || target.roleArn.split(':')[4] === account.id);
  if (!sameAccount) throw new InvalidTermsError('stored terms: the target lies in another account');
  if (ticketPattern !== null) {
    const checked = checkTicketPattern(ticketPattern.replace(/^\^\(\?:(.*)\)\$$/s, '$1'));
    if (!checked.ok || checked.anchored !== ticketPattern) {
      throw new InvalidTermsError('stored terms: the ticket pattern is not a checked one');
    }
  }
  return structuredClone(entitlement);
}

/** `sha256:` and the hex SHA-256 of a JSON value in canonical form (RFC 8785). */
export function canonicalDigest(value: unknown): string {
  const canonical = canonicalize(value);
  if (canonical === undefined) throw new TypeError('not a JSON value');
  return `sha256:${createHash('sha256').update(canonical).digest('hex')}`;
}
