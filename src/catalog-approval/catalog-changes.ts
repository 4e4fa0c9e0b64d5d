import { diffCatalogs, type EntitlementChange, meantTexts, namesOf } from '../catalog/diff/diff.ts';
import type { Effect, TermChange } from '../catalog/diff/effect.ts';
import type { RightChange } from '../catalog/diff/rights.ts';
import { eq } from '../db/drizzle.ts';
import { catalogs } from '../db/schema.ts';
import type { Caller } from '../identity/caller.ts';
import { notFound, Refusal } from '../refusal.ts';
import { countChanged, type PeopleChanged } from './count-changed.ts';
import type { CatalogApprovalDeps } from './deps.ts';

/** Who gains a right and who loses it. */
export interface RightChangeView extends PeopleChanged {
  /** In words: `group engineers`, `alice`, `the manager`. */
  readonly gained: readonly string[];
  readonly lost: readonly string[];
}

export interface EntitlementChangeView {
  readonly id: string;
  readonly kind: EntitlementChange['kind'];
  readonly effect: Effect;
  readonly ask: RightChangeView;
  readonly approve: RightChangeView;
  readonly terms: readonly TermChange[];
}

/** What a catalog would change about the one in force. */
export interface CatalogChanges {
  /** The version in force. */
  readonly before: string;
  readonly after: string;
  /** How many entitlements change, by effect; the first of them are in `items`. */
  readonly counts: Readonly<Record<Effect, number>>;
  /** What widens comes first. */
  readonly items: readonly EntitlementChangeView[];
  readonly others: readonly string[];
}

const mostItems = 200;
const order: readonly Effect[] = ['widens', 'unclear', 'narrows', 'neither'];

/**
 * What changes when this catalog comes in force, with how many of the people that are known now gain or lose what.
 * Throws Refusal: forbidden for anybody but operators, not_found for a version that was never seen, not_possible for one that does
 * not pass the checks of today.
 */
export async function catalogChanges(
  deps: Pick<CatalogApprovalDeps, 'db' | 'keeper'>,
  caller: Caller,
  version: string,
): Promise<CatalogChanges> {
  if (!caller.isOperator) throw new Refusal('forbidden', 'Only operators may read a catalog.');
  const [row] = await deps.db
    .select({ version: catalogs.version })
    .from(catalogs)
    .where(eq(catalogs.version, version));
  if (row === undefined) throw notFound('catalog');
  const stored = await deps.keeper.read(version);
  if (!stored.ok) throw new Refusal('not_possible', `It may not be in force here: ${stored.because}.`);
  const before = deps.keeper.current();
  const diff = diffCatalogs(before, stored.catalog);
  const shown = diff.entitlements
    .toSorted((a, b) => order.indexOf(a.effect) - order.indexOf(b.effect))
    .slice(0, mostItems);
  const counted = await countChanged(
    deps.db,
    shown.flatMap(({ id }) => [before, stored.catalog].map((catalog) => catalog.entitlements.get(id))),
  );
  const names = namesOf(before, stored.catalog);
  const view = ({ gained, lost }: RightChange, people: PeopleChanged | undefined): RightChangeView => ({
    gained: meantTexts(gained, names),
    lost: meantTexts(lost, names),
    peopleGained: people?.peopleGained ?? 0,
    peopleLost: people?.peopleLost ?? 0,
  });
  const count = (effect: Effect) => diff.entitlements.filter((change) => change.effect === effect).length;
  return {
    before: diff.before,
    after: diff.after,
    counts: {
      widens: count('widens'),
      unclear: count('unclear'),
      narrows: count('narrows'),
      neither: count('neither'),
    },
    items: shown.map(({ id, kind, effect, ask, approve, terms }, place) => ({
      id,
      kind,
      effect,
      ask: view(ask, counted[2 * place]),
      approve: view(approve, counted[2 * place + 1]),
      terms,
    })),
    others: diff.others,
  };
}
