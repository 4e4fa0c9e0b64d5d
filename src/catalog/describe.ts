import { Ajv } from 'ajv';
import { parameterTypes } from './parameters.ts';
import { ChoiceTerms } from './terms-session.ts';
import type { Allowance, Choice, PickedChoice, SessionConditions } from './types.ts';
import { formatList } from './wording.ts';

/** What a choice lets through, as callers see it. */
export interface AllowanceView {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly resourceTags: readonly { readonly key: string; readonly values: readonly string[] }[];
}

/** A choice that was picked, as callers see it. */
export interface PickedChoiceView extends AllowanceView {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly { readonly name: string; readonly value: string }[];
}

/** A choice that may be picked, as callers see it: `{name}` stands where a value goes. */
export interface ChoiceView extends AllowanceView {
  readonly name: string;
  readonly description: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly type: string;
    readonly description: string;
    /** What a value looks like, for people. */
    readonly form: string;
    /** The only values there are; null: any of that form. */
    readonly values: readonly string[] | null;
    readonly maxLength: number;
  }[];
}

export function pickedChoiceView(choice: PickedChoice): PickedChoiceView {
  const { name, description, parameters, allow } = choice;
  return {
    name,
    description,
    parameters: Object.entries(parameters)
      .map(([parameter, value]) => ({ name: parameter, value }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...allowanceView(allow),
  };
}

export function choiceView({ name, description, parameters, allow }: Choice): ChoiceView {
  return {
    name,
    description,
    parameters: parameters.map((parameter) => ({
      ...parameter,
      form: parameterTypes[parameter.type]?.title ?? parameter.type,
    })),
    ...allowanceView(allow),
  };
}

const isChoice = new Ajv({ strict: true }).compile<ChoiceTerms>(ChoiceTerms);

/** The choice in stored terms; null when there is none, or it cannot be read: showing a grant never fails over it. */
export function choiceInTerms(terms: unknown): PickedChoiceView | null {
  if (typeof terms !== 'object' || terms === null || !('choice' in terms)) return null;
  return isChoice(terms.choice) ? pickedChoiceView(terms.choice) : null;
}

/** A picked choice in a few words: `one-bucket (bucket=logs)`. */
export function choiceText({ name, parameters }: Pick<PickedChoiceView, 'name' | 'parameters'>): string {
  const values = parameters.map((parameter) => `${parameter.name}=${parameter.value}`);
  return values.length === 0 ? name : `${name} (${values.join(', ')})`;
}

/** What conditions say, one line for people each: how, where and when sessions work. */
export function conditionTexts(conditions: SessionConditions = {}): string[] {
  const { addresses, vpcEndpoints, regions, tls, resourceTags, untagged, assurance, hours } = conditions;
  const lines: string[] = [];
  if (addresses !== undefined || vpcEndpoints !== undefined) {
    const from = addresses === undefined ? [] : [`from ${formatList(addresses)}`];
    const through = vpcEndpoints === undefined ? [] : [`through ${formatList(vpcEndpoints)}`];
    lines.push(`only ${[...from, ...through].join(', or ')}`);
  }
  if (regions !== undefined) lines.push(`only in ${formatList(regions)}`);
  if (tls === true) lines.push('only over TLS');
  for (const [key, values] of Object.entries(resourceTags ?? {})) {
    const but = untagged === undefined ? '' : `, but for ${formatList(untagged, 'and')}`;
    lines.push(`only on what is tagged ${key}=${formatList(values)}${but}`);
  }
  if (assurance !== undefined) lines.push(`only when issued on ${assurance} or stronger`);
  if (hours !== undefined) {
    lines.push(`only from ${hours.from} to ${hours.to}, ${hours.days.join(', ')} (${hours.zone})`);
  }
  return lines;
}

function allowanceView({ actions, resources, resourceTags = {} }: Allowance): AllowanceView {
  return {
    actions,
    resources,
    resourceTags: Object.entries(resourceTags).map(([key, values]) => ({ key, values })),
  };
}
