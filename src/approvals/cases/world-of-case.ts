import { parseDuration } from '../../catalog/duration.ts';
import type { Catalog } from '../../catalog/types.ts';
import type { Assurance } from '../../identity/caller.ts';
import type { ScheduleState } from '../../on-call/on-call.ts';
import type { OnCallNow } from '../on-call.ts';
import type { SimulatedAnswer, SimulatedAsk, SimulatedPerson, SimulatedWorld } from '../simulation.ts';
import type { AnswerEntry, AssuranceText, CaseEntry, CasesFile } from './schema.ts';

/** A case as the simulation takes it. */
export interface PreparedCase {
  readonly world: SimulatedWorld;
  readonly ask: SimulatedAsk;
  readonly answers: readonly SimulatedAnswer[];
  readonly until: Date;
}

// What a case does not speak of must not fail it: people are proven as strongly as can be.
const strongest = 'phishing-resistant';
const betweenAnswersSeconds = 60;

/**
 * Makes a world of a case that checkCases has found sound. People are known by their names in the file; one whom the catalog
 * names has the subject that it says.
 */
export function prepareCase(file: CasesFile, entry: CaseEntry, catalog: Catalog): PreparedCase {
  const { who, asks } = entry;
  const at = new Date(entry.at ?? file.at ?? '');
  if (who === undefined || asks === undefined) throw new Error(`the case ${entry.name} was not checked`);
  const people = peopleOf(file, catalog);
  const answers = answersOf(entry.answers ?? [], at);
  const last = Math.max(at.getTime(), ...answers.map((answer) => answer.at.getTime()));
  const until = entry.lookedAtAfter === undefined ? last : at.getTime() + seconds(entry.lookedAtAfter) * 1000;
  return {
    world: { catalog, people, onCall: onCallOf({ ...file.onCall, ...entry.onCall }, people, catalog) },
    ask: {
      who,
      at,
      assurance: assuranceAt(asks.assurance, at),
      address: asks.from ?? null,
      breakGlass: asks.breakGlass === true,
      input: {
        entitlements: asks.entitlements,
        durationSeconds: seconds(asks.for),
        reason: asks.because ?? 'A case',
        ticket: asks.ticket ?? null,
        startAt: asks.startAt === undefined ? null : new Date(asks.startAt).toISOString(),
        for: asks.colleague ?? null,
        options: asks.choices ?? {},
      },
    },
    answers,
    until: new Date(until),
  };
}

function peopleOf(file: CasesFile, catalog: Catalog): Map<string, SimulatedPerson> {
  const subjectOf = (name: string) =>
    file.people[name]?.subject ?? catalog.people.get(name)?.subject ?? `subject of ${name}`;
  return new Map(
    Object.entries(file.people).map(
      ([name, { groups = [], manager, active = true, answersFor = [], dropped = [] }]) => [
        name,
        {
          personId: name,
          groups,
          subject: subjectOf(name),
          manager: manager === undefined ? null : subjectOf(manager),
          active,
          answersFor,
          dropped: new Map(dropped.map((id) => [id, { review: 'of the case', since: '' }])),
        },
      ],
    ),
  );
}

/** Every schedule of the catalog; one that the case says nothing of is down. */
function onCallOf(
  said: NonNullable<CasesFile['onCall']>,
  people: ReadonlyMap<string, SimulatedPerson>,
  catalog: Catalog,
): OnCallNow {
  return new Map(
    catalog.onCall.map(({ name }): [string, ScheduleState] => {
      const who = Object.hasOwn(said, name) ? said[name] : undefined;
      if (who === undefined || who === 'down') {
        const because =
          who === 'down' ? 'the case says that it is down' : 'the case does not say who is on call';
        return [name, { kind: 'down', because }];
      }
      const subjects = who.flatMap((person) => people.get(person)?.subject ?? []).toSorted();
      return [name, { kind: 'known', people: subjects, until: null, unmapped: [] }];
    }),
  );
}

function answersOf(entries: readonly AnswerEntry[], askedAt: Date): SimulatedAnswer[] {
  let last = askedAt.getTime();
  return entries.map(({ by, decision, after, narrow, assurance }): SimulatedAnswer => {
    last =
      after === undefined ? last + betweenAnswersSeconds * 1000 : askedAt.getTime() + seconds(after) * 1000;
    const at = new Date(last);
    return {
      by,
      at,
      decision,
      assurance: assuranceAt(assurance, at),
      ...(narrow === undefined
        ? {}
        : {
            narrow: {
              ...(narrow.for === undefined ? {} : { durationSeconds: seconds(narrow.for) }),
              ...(narrow.entitlements === undefined ? {} : { entitlements: narrow.entitlements }),
            },
          }),
    };
  });
}

function assuranceAt(written: AssuranceText | undefined, at: Date): Assurance {
  if (written === undefined) return { level: strongest, authenticatedAt: at };
  if (typeof written === 'string') return { level: written, authenticatedAt: at };
  return { level: written.level, authenticatedAt: new Date(at.getTime() - seconds(written.age) * 1000) };
}

function seconds(text: string): number {
  const value = parseDuration(text);
  if (value === null) throw new Error(`${text} is no duration, and was not checked`);
  return value;
}
