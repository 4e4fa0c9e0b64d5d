import type { Choice, Entitlement, PickedChoice } from './types.ts';
import { allowanceOf, byWidth, contains } from './width.ts';

/** A way to have less: an entitlement of the same account, as a whole or narrowed to one of its choices. */
export interface NarrowerForm {
  readonly entitlement: Entitlement;
  readonly choice: Choice | null;
}

/**
 * What lets strictly less through than what is asked for, in the same account, from narrow to wide, as far as the catalog says
 * what roles allow.
 * @param asked an entitlement of the catalog, and the choice of it that was picked
 * @param offered what may be had instead; that it may is decided before
 */
export function narrowerForms(
  asked: { readonly entitlement: Entitlement; readonly choice: PickedChoice | null },
  offered: readonly Entitlement[],
): NarrowerForm[] {
  const outer = allowanceOf(asked);
  const forms = offered
    .filter(({ account }) => account.id === asked.entitlement.account.id)
    .flatMap((entitlement): NarrowerForm[] => [
      ...(entitlement.choices ?? []).map((choice) => ({ entitlement, choice })),
      ...(entitlement.choiceRequired === true ? [] : [{ entitlement, choice: null }]),
    ]);
  return byWidth(
    forms.filter((form) => {
      const inner = allowanceOf(form);
      return contains(outer, inner) && !contains(inner, outer);
    }),
  );
}
