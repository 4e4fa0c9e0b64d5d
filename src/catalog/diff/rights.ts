import { everyWho } from '../steps.ts';
import type { Entitlement, Who } from '../types.ts';

/** Whom rules mean, in lists that can be compared. People are OIDC subjects. */
export interface Meant {
  readonly groups: readonly string[];
  readonly people: readonly string[];
  /** Those whom only the request or the time can tell: `the manager`, `on call in primary`. */
  readonly others: readonly string[];
}

/** Who gains a right, and who loses it. Somebody who has it by another way, too, loses nothing. */
export interface RightChange {
  readonly gained: Meant;
  readonly lost: Meant;
}

const nobody: Meant = { groups: [], people: [], others: [] };

/** @param entitlement undefined: there is none, and nobody may */
export function askers(entitlement: Entitlement | undefined): Meant {
  if (entitlement === undefined) return nobody;
  const { groups, people = [] } = entitlement.ask;
  return { groups, people, others: [] };
}

/** Everybody who may answer some step, those of escalations and to whom it may be handed included. */
export function answerers(entitlement: Entitlement | undefined): Meant {
  if (entitlement === undefined) return nobody;
  return everybody(everyWho(entitlement));
}

/** Several at once. */
export function everybody(whos: readonly Who[]): Meant {
  const sorted = (values: readonly string[]) => [...new Set(values)].toSorted();
  return {
    groups: sorted(whos.flatMap(({ groups = [] }) => groups)),
    people: sorted(whos.flatMap(({ people = [] }) => people)),
    others: sorted(
      whos.flatMap(({ manager, onCall = [] }) => [
        ...(manager === true ? ['the manager'] : []),
        ...onCall.map((name) => `on call in ${name}`),
      ]),
    ),
  };
}

export function rightChange(before: Meant, after: Meant): RightChange {
  return { gained: without(after, before), lost: without(before, after) };
}

export function isNobody({ groups, people, others }: Meant): boolean {
  return groups.length + people.length + others.length === 0;
}

function without(these: Meant, those: Meant): Meant {
  const left = (key: keyof Meant) => these[key].filter((name) => !those[key].includes(name));
  return { groups: left('groups'), people: left('people'), others: left('others') };
}
