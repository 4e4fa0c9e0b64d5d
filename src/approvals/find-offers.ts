import { mayAsk } from '../catalog/evaluate.ts';
import { conditionTexts } from '../catalog/describe.ts';
import { findAllowing, type Found } from '../catalog/find.ts';
import type { Catalog, Subject } from '../catalog/types.ts';
import type { Caller } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { OfferDeps } from './list-offers.ts';
import { mayKnow } from './rights.ts';
import { viewerOf } from './viewer.ts';

export interface FindInput {
  /** One action such as `s3:PutObject`. */
  readonly action: string;
  /** Id or name of an account. */
  readonly account?: string;
  /** ARN of one resource. */
  readonly resource?: string;
}

/** An entitlement, or one of its choices, that lets an action through as far as the catalog knows. */
export interface FoundOffer {
  readonly id: string;
  readonly description: string;
  readonly account: { readonly id: string; readonly name: string };
  readonly target: 'role' | 'permission-set';
  /** The choice to pick; null: all of the entitlement. */
  readonly choice: {
    readonly name: string;
    readonly description: string;
    /** What is to be filled in; `value` where the resource says it. */
    readonly parameters: readonly {
      readonly name: string;
      readonly description: string;
      readonly value: string | null;
    }[];
  } | null;
  readonly certainty: Found['certainty'];
  readonly because: string;
  readonly conditions: readonly string[];
  readonly maxDurationSeconds: number;
  readonly mayAsk: boolean;
}

/** Answers from narrow to wide. */
export interface FoundOffers {
  readonly items: readonly FoundOffer[];
  readonly catalogVersion: string;
}

/**
 * Which of the entitlements that the caller may know of let an action through, and how narrow they can be had.
 * Throws Refusal invalid_input for what is no action or no ARN. An account that nobody knows has no entitlements.
 */
export async function findOffers(deps: OfferDeps, caller: Caller, input: FindInput): Promise<FoundOffers> {
  const { action, resource, account } = input;
  if (!/^[a-z0-9-]{1,63}:[A-Za-z0-9]{1,128}$/.test(action)) {
    throw new Refusal('invalid_input', 'action must be one action without wildcards, such as s3:PutObject.');
  }
  if (resource !== undefined && !/^arn:[^\s]{1,1000}$/.test(resource)) {
    throw new Refusal(
      'invalid_input',
      'resource must be the ARN of a resource, such as arn:aws:s3:::logs/today.',
    );
  }
  const current = deps.catalog();
  const moment = { catalog: current, now: deps.clock(), onCall: deps.onCall() };
  const viewer = await viewerOf(deps.db, moment, caller);
  const visible = [...current.entitlements.values()].filter(
    (entitlement) =>
      mayKnow(entitlement, viewer) && (account === undefined || isIn(current, entitlement.account, account)),
  );
  const found = findAllowing(visible, { action, resource: resource ?? null });
  return {
    items: found.map((each) => toOffer(each, viewer)),
    catalogVersion: current.version,
  };
}

function isIn(
  catalog: Catalog,
  account: { readonly id: string; readonly name: string },
  named: string,
): boolean {
  return (
    account.id === (catalog.accounts.get(named) ?? named) ||
    account.name.toLowerCase() === named.toLowerCase()
  );
}

function toOffer({ entitlement, choice, certainty, because, values }: Found, viewer: Subject): FoundOffer {
  const { id, description, account, target, conditions, maxDurationSeconds } = entitlement;
  return {
    id,
    description,
    account,
    target: target.kind,
    choice:
      choice === null
        ? null
        : {
            name: choice.name,
            description: choice.description,
            parameters: choice.parameters.map((parameter) => ({
              name: parameter.name,
              description: parameter.description,
              value: values[parameter.name] ?? null,
            })),
          },
    certainty,
    because,
    conditions: conditionTexts(conditions),
    maxDurationSeconds,
    mayAsk: mayAsk(entitlement, viewer).allowed,
  };
}
