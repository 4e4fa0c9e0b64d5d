import { fillIn, valueFault } from './parameters.ts';
import type { Allowance, Choice, Entitlement, PickedChoice } from './types.ts';
import { formatList } from './wording.ts';

/** What somebody asks to narrow an entitlement to. */
export interface Pick {
  readonly choice: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export type Picked =
  | { readonly ok: true; readonly entitlement: Entitlement }
  /** The message is a sentence for whoever picked. */
  | { readonly ok: false; readonly message: string };

/**
 * The entitlement as it is asked for: with the choice picked and its values filled in, and without those that were not.
 * @param pick null: all of it, which an entitlement may refuse
 */
export function pickFrom(offered: Entitlement, pick: Pick | null): Picked {
  const { choices = [], actions: _, ...entitlement } = offered;
  const names = formatList(choices.map(({ name }) => name));
  if (pick === null) {
    if (offered.choiceRequired !== true) return { ok: true, entitlement: withoutChoices(entitlement) };
    return refused(`${offered.id} is given out in parts only: pick one of its choices, ${names}.`);
  }
  const choice = choices.find(({ name }) => name === pick.choice);
  if (choice === undefined) {
    const known = choices.length === 0 ? 'it has none' : `it has ${names}`;
    return refused(`${offered.id} has no such choice: ${known}.`);
  }
  const fault = parametersFault(choice, pick.parameters);
  if (fault !== null) return refused(`${offered.id}, ${choice.name}: ${fault}.`);
  return {
    ok: true,
    entitlement: { ...withoutChoices(entitlement), choice: fillChoice(choice, pick.parameters) },
  };
}

function refused(message: string): Picked {
  return { ok: false, message };
}

function withoutChoices(entitlement: Entitlement): Entitlement {
  const { choices: _, actions: __, choice: ___, ...rest } = entitlement;
  return rest;
}

function parametersFault(choice: Choice, given: Pick['parameters']): string | null {
  const unknown = Object.keys(given).find((name) => !choice.parameters.some((each) => each.name === name));
  if (unknown !== undefined) {
    const known = choice.parameters.map(({ name }) => name);
    return known.length === 0
      ? 'it takes no parameters'
      : `it takes ${formatList(known, 'and')}, nothing else`;
  }
  for (const parameter of choice.parameters) {
    const value = Object.hasOwn(given, parameter.name) ? given[parameter.name] : undefined;
    if (value === undefined) return `${parameter.name} is missing: ${parameter.description}`;
    const fault = valueFault(parameter, value);
    if (fault !== null) return `${parameter.name} ${fault}`;
  }
  return null;
}

/** A choice with these values in their places. The values are taken as they are: check them first. */
export function fillChoice(choice: Choice, given: Pick['parameters']): PickedChoice {
  const values = new Map(Object.entries(given));
  const { actions, resources, resourceTags } = choice.allow;
  const allow: Allowance = {
    actions: [...actions],
    resources: resources.map((resource) => fillIn(resource, values)),
    ...(resourceTags === undefined
      ? {}
      : {
          resourceTags: Object.fromEntries(
            Object.entries(resourceTags).map(([key, tags]) => [key, tags.map((tag) => fillIn(tag, values))]),
          ),
        }),
  };
  return { name: choice.name, description: choice.description, parameters: { ...given }, allow };
}
