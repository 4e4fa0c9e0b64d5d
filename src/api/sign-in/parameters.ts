import { type AssuranceLevel, assuranceLevels } from '../../catalog/types.ts';
import { Refusal } from '../../refusal.ts';

/** Parameters of a query or a form as they were parsed: a name given twice is a list. */
export type Parameters = Readonly<Record<string, unknown>>;

/**
 * One parameter, or null when it is absent or empty (RFC 6749, 3.1). Throws Refusal `invalid_input` when it was given more
 * than once.
 */
export function single(parameters: Parameters, name: string): string | null {
  const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
  if (value === undefined || value === '') return null;
  if (typeof value !== 'string') throw new Refusal('invalid_input', `Give ${name} once.`);
  return value;
}

/** An assurance level by name, or null when absent. Throws Refusal `invalid_input` for any other. */
export function levelOf(text: string | null): AssuranceLevel | null {
  if (text === null) return null;
  const level = assuranceLevels.find((known) => known === text);
  if (level === undefined) {
    throw new Refusal('invalid_input', `level must be one of ${assuranceLevels.join(', ')}.`);
  }
  return level;
}

/** Whole seconds from 0, or null when absent. Throws Refusal `invalid_input` for anything else. */
export function secondsOf(name: string, text: string | null): number | null {
  if (text === null) return null;
  if (!/^\d{1,9}$/.test(text)) {
    throw new Refusal('invalid_input', `${name} must be whole seconds, 0 or more.`);
  }
  return Number(text);
}

/** `acr_values` as the list it is (OpenID Connect Core 3.1.2.1). Throws Refusal `invalid_input` for what cannot be one. */
export function acrValuesOf(text: string | null): string[] {
  if (text === null) return [];
  if (!/^[\x20-\x7e]{1,512}$/.test(text)) {
    throw new Refusal('invalid_input', 'acr_values must be at most 512 printable ASCII characters.');
  }
  return text.split(' ').filter((value) => value !== '');
}
