import { fillIn, placeholdersOf, valueFault } from './parameters.ts';
import { arnMatches, globMatches } from './policy/glob.ts';
import { lastingActions, onwardActions } from './policy/guards.ts';
import type { Choice, Entitlement } from './types.ts';
import { anyValue, byWidth } from './width.ts';
import { formatList } from './wording.ts';

export interface Wanted {
  /** One action, without wildcards. */
  readonly action: string;
  /** One ARN; null: any resource. */
  readonly resource: string | null;
}

/** An entitlement, or one of its choices, that lets an action through, as far as the catalog knows. */
export interface Found {
  readonly entitlement: Entitlement;
  readonly choice: Choice | null;
  /** `allows`: the catalog says that the role allows it. `may-allow`: it does not say, or says otherwise. */
  readonly certainty: 'allows' | 'may-allow';
  /** Why, as a part of a sentence. */
  readonly because: string;
  /** Values of the choice's parameters that the resource gives away. */
  readonly values: Readonly<Record<string, string>>;
}

/**
 * What lets the action through, from narrow to wide. What a role allows is written in AWS and not in the catalog, unless the
 * entitlement says it: where it does not, the answer is "may".
 */
export function findAllowing(entitlements: readonly Entitlement[], wanted: Wanted): Found[] {
  const found = entitlements.flatMap((entitlement) => {
    if (isGuarded(entitlement, wanted.action)) return [];
    const forms = [
      ...(entitlement.choices ?? []).map((choice) => ofChoice(entitlement, choice, wanted)),
      ...(entitlement.choiceRequired === true ? [] : [ofWhole(entitlement, wanted)]),
    ];
    return forms.filter((form) => form !== null);
  });
  return byWidth(found);
}

// What the session policy denies by itself is not to be had, whatever the role allows.
function isGuarded({ target, allowOnward, allowIamWrite }: Entitlement, action: string): boolean {
  if (target.kind !== 'role') return false;
  const denied = [...(allowOnward ? [] : onwardActions), ...(allowIamWrite ? [] : lastingActions)];
  return denied.some((pattern) => globMatches(pattern, action));
}

function ofWhole(entitlement: Entitlement, { action }: Wanted): Found | null {
  const { actions } = entitlement;
  const whole = { entitlement, choice: null, values: {} };
  if (actions === undefined) {
    return { ...whole, certainty: 'may-allow', because: 'the catalog does not say what it allows' };
  }
  const pattern = actions.find((each) => globMatches(each, action));
  return pattern === undefined
    ? null
    : { ...whole, certainty: 'allows', because: `it allows ${pattern}, says the catalog` };
}

function ofChoice(entitlement: Entitlement, choice: Choice, { action, resource }: Wanted): Found | null {
  const { actions, resources } = choice.allow;
  if (!actions.some((pattern) => globMatches(pattern, action))) return null;
  const reached = resource === null ? null : reach(choice, resource);
  if (reached === undefined) return null;
  const { template, values } = reached ?? { template: null, values: {} };
  const where = template ?? (resources.includes('*') ? null : formatList(resources));
  const on = where === null || where === '*' ? '' : ` on ${where}`;
  const form = { entitlement, choice, values };
  if (entitlement.actions === undefined) {
    return { ...form, certainty: 'may-allow', because: `it lets this through${on}, if the role allows it` };
  }
  return entitlement.actions.some((pattern) => globMatches(pattern, action))
    ? { ...form, certainty: 'allows', because: `it lets this through${on}` }
    : {
        ...form,
        certainty: 'may-allow',
        because: `it lets this through${on}, but the role is not said to allow it`,
      };
}

/** Through which of its templates a choice reaches a resource, and with what values, where those can be told. */
function reach(
  { allow, parameters }: Choice,
  resource: string,
): { template: string; values: Record<string, string> } | undefined {
  const templates = allow.resources.filter((each) => arnMatches(anyValue(each), resource));
  const filled = templates.map((template) => ({ template, values: valuesIn(template, resource) }));
  const fits = ({ template, values }: (typeof filled)[number]) =>
    placeholdersOf(template).every((name) => {
      const parameter = parameters.find((each) => each.name === name);
      return parameter !== undefined && valueFault(parameter, values[name] ?? '') === null;
    });
  return filled.find(fits) ?? filled.map(({ template }) => ({ template, values: {} }))[0];
}

/** What a resource says about the values of a template; nothing where that is not clear. */
function valuesIn(template: string, resource: string): Record<string, string> {
  const values = new Map<string, string>();
  const [first = '', ...rest] = template.split('{');
  let at = first.length;
  for (const piece of rest) {
    const [name = '', literal = ''] = piece.split('}');
    // Up to what follows the place, or to the next wildcard, which can be anything.
    const next = literal.split(/[*?]/)[0] ?? '';
    const end = next === '' ? resource.length : resource.indexOf(next, at);
    if (end < at) return {};
    values.set(name, resource.slice(at, end));
    at = end + literal.length;
  }
  const known = placeholdersOf(template).every((name) => values.get(name) !== '');
  return known && arnMatches(fillIn(template, values), resource) ? Object.fromEntries(values) : {};
}
