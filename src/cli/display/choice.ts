import type { Grant, PickedChoice } from '../api.ts';

/** A picked choice in a few words: `one-bucket (bucket=logs)`. */
export function choiceText({ name, parameters }: Pick<PickedChoice, 'name' | 'parameters'>): string {
  const values = parameters.map((parameter) => `${parameter.name}=${parameter.value}`);
  return values.length === 0 ? name : `${name} (${values.join(', ')})`;
}

/** What a picked choice lets through: `s3:GetObject on arn:aws:s3:::logs/*`. */
export function allowanceText({ actions, resources, resourceTags }: PickedChoice): string {
  const on = resources.includes('*') ? 'everything' : resources.join(', ');
  const tags = resourceTags.map(({ key, values }) => `${key}=${values.join(' or ')}`);
  return `${actions.join(', ')} on ${on}${tags.length === 0 ? '' : ` tagged ${tags.join(' and ')}`}`;
}

/** What a grant is for: `prod/data`, or narrowed `prod/data: one-bucket (bucket=logs)`. */
export function grantedText({ entitlement, choice }: Pick<Grant, 'entitlement' | 'choice'>): string {
  return choice === null ? entitlement : `${entitlement}: ${choiceText(choice)}`;
}
