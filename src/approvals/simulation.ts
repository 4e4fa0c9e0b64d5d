import { barredBy, isFromOutside, outsidePerson, standingOf } from '../catalog/standing.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Assurance } from '../identity/caller.ts';
import { Refusal } from '../refusal.ts';
import type { StoredPerson } from './lock.ts';
import type { Narrowing } from './narrow.ts';
import { type OnCallNow, schedulesOf } from './on-call.ts';
import type { Round } from './quorum.ts';
import type { RouteReasons } from './reasons.ts';
import type { Viewer } from './rights.ts';
import type { SubmitInput } from './submission.ts';

// What a simulation is made of: a described world, an ask, answers, and what comes of them.

/** Somebody in a described world; their standing follows from the catalog and the time. */
export interface SimulatedPerson extends Omit<StoredPerson, 'outside' | 'barred'> {
  /** Person ids of those who have handed them their right to answer. */
  readonly answersFor: readonly string[];
}

/** The same at one time. */
export type PersonThen = SimulatedPerson & StoredPerson;

/** All that decisions depend on, described instead of stored. */
export interface SimulatedWorld {
  readonly catalog: Catalog;
  /** By person id. */
  readonly people: ReadonlyMap<string, SimulatedPerson>;
  readonly onCall: OnCallNow;
}

export interface SimulatedAsk {
  /** Person id. */
  readonly who: string;
  readonly at: Date;
  readonly input: SubmitInput;
  /** By break-glass: nobody is asked. */
  readonly breakGlass: boolean;
  readonly assurance: Assurance;
  /** Null: not known. */
  readonly address: string | null;
}

export interface SimulatedAnswer {
  /** Person id. */
  readonly by: string;
  readonly at: Date;
  readonly decision: 'approve' | 'deny';
  readonly narrow?: Narrowing;
  readonly assurance: Assurance;
}

/** Why something was refused. */
export interface Refused {
  /** Of the refusal, as the API has it. */
  readonly code: string;
  /** The rules that were against it; none for some. */
  readonly rules: readonly string[];
  readonly because: string;
}

/** What came of one ask. */
export interface Simulated {
  /** `refused`: no request came about. */
  readonly outcome: 'refused' | 'denied' | 'approved' | 'pending' | 'expired';
  /** The rules that decided; empty while nothing has. */
  readonly rules: readonly string[];
  /** Why it was refused; null where it was not. */
  readonly refused: Refused | null;
  /** The steps whose turn it is, with who could answer them at that time: person ids. */
  readonly waitsFor: readonly {
    readonly entitlement: string;
    readonly step: string;
    readonly people: readonly string[];
  }[];
  /** How long each grant would be, in seconds; null where there is none. */
  readonly grantSeconds: number | null;
  /** For each answer whether it was taken. */
  readonly answers: readonly (Refused | 'taken')[];
  /** What rules and steps said of each entitlement as it was asked. */
  readonly reasons: readonly { readonly entitlement: string; readonly route: RouteReasons }[];
}

/** Everybody with their standing at a time. A sponsor who is not described is not there. */
export function peopleAt({ catalog, people }: SimulatedWorld, at: Date): ReadonlyMap<string, PersonThen> {
  const there = new Set(
    [...people.values()]
      .filter((person) => person.active && !isFromOutside(catalog, person))
      .map(({ subject }) => subject),
  );
  return new Map(
    [...people].map(([id, person]) => {
      const sponsor = outsidePerson(catalog, person)?.sponsor;
      const barred = barredBy(standingOf(catalog, person, at, sponsor !== undefined && there.has(sponsor)));
      const standing = { outside: isFromOutside(catalog, person), ...(barred === null ? {} : { barred }) };
      return [id, { ...person, ...standing }];
    }),
  );
}

/** Somebody as rights see them. @param people everybody at that time */
export function viewerIn(
  { answersFor, ...person }: PersonThen,
  onCall: OnCallNow,
  people: ReadonlyMap<string, PersonThen>,
): Viewer {
  const principals = answersFor.flatMap((id) => {
    const principal = people.get(id);
    // That they are on call is not handed over.
    return principal?.active === true
      ? [{ ...principal, onCall: [], delegation: `${id} to ${person.personId}`, handed: null }]
      : [];
  });
  const asNow = { ...person, onCall: schedulesOf(onCall, person.subject) };
  return { ...asNow, isAuditor: false, isOperator: false, principals };
}

/** Those whom it is about. */
export function partiesOf(who: StoredPerson, askedBy: StoredPerson): Round['parties'] {
  return {
    ids: [...new Set([who.personId, askedBy.personId])],
    subjects: [...new Set([who.subject, askedBy.subject])],
    manager: who.manager,
  };
}

/** The refusal that an error is; any other is thrown again. */
export function refusalOf(error: unknown): Refused {
  if (!(error instanceof Refusal)) throw error;
  const rule = error.extra['rule'] ?? error.recorded['rule'];
  const { code, message } = error;
  return { code, rules: typeof rule === 'string' ? rule.split(', ') : [], because: message };
}
