import { globCovers } from './policy/glob.ts';
import type { Allowance, Choice, Entitlement, PickedChoice } from './types.ts';

/** An entitlement as a whole, or one of its choices. */
export interface Form {
  readonly entitlement: Entitlement;
  readonly choice: Choice | PickedChoice | null;
}

/** A pattern for whatever is filled in. */
export function anyValue(template: string): string {
  return template.replace(/\{[^{}]*\}/g, '*');
}

/**
 * From narrow to wide: what contains another comes after it; where neither does, a rough measure decides, then the id. Forms
 * that let the same through, as those of a fleet do in all of its accounts, are measured once.
 */
export function byWidth<F extends Form>(forms: readonly F[]): F[] {
  const allowances = new Map<string, Allowance>();
  const keyed = forms.map((form) => {
    const allowance = allowanceOf(form);
    const key = JSON.stringify(allowance);
    if (!allowances.has(key)) allowances.set(key, allowance);
    return { form, key };
  });
  const ranks = new Map<string, number>();
  const rank = (key: string, outer: Allowance): number => {
    const known = ranks.get(key);
    if (known !== undefined) return known;
    let reached = roughWidth(outer);
    for (const [within, inner] of allowances) {
      if (!contains(outer, inner) || contains(inner, outer)) continue;
      reached = Math.max(reached, rank(within, inner) + 1);
    }
    ranks.set(key, reached);
    return reached;
  };
  for (const [key, allowance] of allowances) rank(key, allowance);
  return keyed
    .map(({ form, key }) => ({ form, width: ranks.get(key) ?? 0 }))
    .toSorted((a, b) => a.width - b.width || compare(a.form, b.form))
    .map(({ form }) => form);
}

/** What a form lets through, as far as the catalog says; a role of which it says nothing may allow everything. */
export function allowanceOf({ entitlement, choice }: Form): Allowance {
  if (choice === null) return { actions: entitlement.actions ?? ['*'], resources: ['*'] };
  const { actions, resources, resourceTags } = choice.allow;
  return {
    actions,
    // How wide it is does not depend on the account.
    resources: resources.map((each) => anyValue(each).replaceAll(entitlement.account.id, 'account')),
    ...(resourceTags === undefined ? {} : { resourceTags }),
  };
}

/** Is everything that the inner one lets through let through by the outer one? */
export function contains(outer: Allowance, inner: Allowance): boolean {
  return (
    outer.resourceTags === undefined &&
    inner.actions.every((each) => outer.actions.some((pattern) => globCovers(pattern, each))) &&
    inner.resources.every((each) => outer.resources.some((pattern) => globCovers(pattern, each)))
  );
}

function roughWidth({ actions, resources, resourceTags }: Allowance): number {
  const services = new Map<string, number>();
  for (const pattern of actions) {
    const [service = '*', name = '*'] = pattern.split(':');
    const width = service === '*' ? 10_000 : name === '*' ? 100 : name.includes('*') ? 10 : 1;
    services.set(
      service,
      Math.max(100, width) === width ? width : Math.min(99, (services.get(service) ?? 0) + width),
    );
  }
  const sum = [...services.values()].reduce((total, width) => total + width, 0);
  return sum * (resources.includes('*') && resourceTags === undefined ? 10 : 1);
}

function compare(a: Form, b: Form): number {
  const [left, right] = [a, b].map(({ entitlement, choice }) => `${entitlement.id}:${choice?.name ?? ''}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
