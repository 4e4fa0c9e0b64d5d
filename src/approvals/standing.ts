import { barredBy, isFromOutside, outsidePerson, standingOf } from '../catalog/standing.ts';
import type { Catalog, Dropped, Subject } from '../catalog/types.ts';
import { and, inArray, isNull } from '../db/drizzle.ts';
import type { Queries } from '../db/pool.ts';
import { eligibilityDrops, people } from '../db/schema.ts';

/** What bars a person from everything, and what reviews took from them, as things are now. */
export interface StandingNow extends Pick<Subject, 'barred' | 'dropped'> {
  /** From outside the organisation. */
  readonly outside: boolean;
}

type Judged = Pick<Subject, 'personId' | 'subject' | 'groups'>;

/** Sponsors who are there: OIDC subjects. */
type Sponsors = ReadonlySet<string>;

/**
 * The standing of people: one query for what reviews took from them, and one more for sponsors where the catalog knows any.
 * @param world what to judge by; its time is looked at when everything is read
 * @param hold whether the sponsors are held against change until the transaction ends
 * @returns one for each of them, in the same order
 */
export async function standingsOf(
  queries: Queries,
  world: { readonly catalog: Catalog; readonly now: () => Date },
  judged: readonly Judged[],
  hold = false,
): Promise<StandingNow[]> {
  // The same statements whoever there is, and if there is nobody: what is hidden must not be told by the work it makes.
  const { catalog } = world;
  const [dropped, sponsors] = await Promise.all([
    dropsOf(
      queries,
      judged.map(({ personId }) => personId),
    ),
    sponsorsThere(queries, catalog, judged, hold),
  ]);
  const now = world.now();
  return judged.map((person) => {
    const sponsor = outsidePerson(catalog, person)?.sponsor;
    const active = sponsor !== undefined && sponsors.has(sponsor);
    const barred = barredBy(standingOf(catalog, person, now, active));
    const taken = dropped.get(person.personId);
    return {
      outside: isFromOutside(catalog, person),
      ...(barred === null ? {} : { barred }),
      ...(taken === undefined ? {} : { dropped: taken }),
    };
  });
}

async function dropsOf(queries: Queries, ids: readonly string[]): Promise<Map<string, Map<string, Dropped>>> {
  const rows = await queries
    .select()
    .from(eligibilityDrops)
    .where(and(inArray(eligibilityDrops.personId, [...new Set(ids)]), isNull(eligibilityDrops.endedAt)));
  const byPerson = new Map<string, Map<string, Dropped>>();
  for (const { personId, entitlement, reviewId, since } of rows) {
    const theirs = byPerson.get(personId) ?? new Map<string, Dropped>();
    theirs.set(entitlement, { review: reviewId, since: since.toISOString() });
    byPerson.set(personId, theirs);
  }
  return byPerson;
}

/** Of the sponsors of these people those who are active, and not from outside themselves. */
async function sponsorsThere(
  queries: Queries,
  catalog: Catalog,
  judged: readonly Judged[],
  hold: boolean,
): Promise<Sponsors> {
  if (catalog.outside === undefined) return new Set();
  const subjects = judged.flatMap((person) => outsidePerson(catalog, person)?.sponsor ?? []);
  const query = queries
    .select({ subject: people.subject, groups: people.groups })
    .from(people)
    .where(and(inArray(people.subject, [...new Set(subjects)]), isNull(people.deactivatedAt)));
  const rows = await (hold ? query.for('share') : query);
  return new Set(rows.filter((row) => !isFromOutside(catalog, row)).map(({ subject }) => subject));
}

/** OIDC subjects of those from outside who are eligible now: one query, none where the catalog names nobody from there. */
export async function eligibleOutsiders(
  queries: Queries,
  world: { readonly catalog: Catalog; readonly now: Date },
): Promise<string[]> {
  const { catalog, now } = world;
  const named = [...(catalog.outside?.people ?? [])].map(([subject]) => ({
    personId: '',
    subject,
    groups: [],
  }));
  const sponsors = await sponsorsThere(queries, catalog, named, false);
  return named
    .filter((person) => {
      const sponsor = outsidePerson(catalog, person)?.sponsor ?? '';
      return standingOf(catalog, person, now, sponsors.has(sponsor)).eligible;
    })
    .map(({ subject }) => subject);
}
