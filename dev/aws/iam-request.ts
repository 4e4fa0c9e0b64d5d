import { decide, deniedMessage, type Question } from './authorize.ts';
import { sharedError } from './error-codes.ts';
import { AwsError, type AwsState, type Call } from './service.ts';
import { findAccount, type Account } from './world.ts';
import { element } from './xml.ts';

/** IAM API reference, limits and patterns of the parameters. */
export const POLICY_ARN = { min: 20, max: 2048, form: /^[\t\n\r\u0020-\u{10FFFF}]+$/u };
export const ROLE_NAME = { min: 1, max: 64, form: /^[\w+=,.@-]+$/ };
export const POLICY_NAME = { min: 1, max: 128, form: /^[\w+=,.@-]+$/ };
export const VERSION_ID = { min: 2, max: 64, form: /^v[1-9][0-9]*(\.[A-Za-z0-9-]*)?$/ };

export interface TextRule {
  min: number;
  max: number;
  form: RegExp;
}

/**
 * A text parameter.
 * @throws AwsError ValidationError, in AWS's wording
 */
export function textOf(parameters: Record<string, unknown>, name: string, rule: TextRule): string {
  const value = parameters[name];
  const at = `at '${name.charAt(0).toLowerCase()}${name.slice(1)}' failed to satisfy constraint`;
  if (typeof value !== 'string') throw invalid(`Value null ${at}: Member must not be null`);
  const length = Array.from(value).length;
  if (length < rule.min)
    throw invalid(`Value '${value}' ${at}: Member must have length greater than or equal to ${rule.min}`);
  if (length > rule.max)
    throw invalid(`Value '${value}' ${at}: Member must have length less than or equal to ${rule.max}`);
  if (!rule.form.test(value))
    throw invalid(
      `Value '${value}' ${at}: Member must satisfy regular expression pattern: ${rule.form.source}`,
    );
  return value;
}

/** An optional text parameter that is one of a few words. */
export function choiceOf<Choice extends string>(
  parameters: Record<string, unknown>,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const value = parameters[name];
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice === undefined)
    throw invalid(
      `Value at '${name}' failed to satisfy constraint: Member must satisfy enum value set: [${choices.join(', ')}]`,
    );
  return choice;
}

export function invalid(detail: string): AwsError {
  return new AwsError('ValidationError', `1 validation error detected: ${detail}`);
}

/**
 * Refuses what is not answered here, so that nobody believes a parameter was heeded.
 * @throws AwsError NotImplemented
 */
export function onlyParameters(parameters: Record<string, unknown>, names: readonly string[]): void {
  const unknown = Object.keys(parameters).filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new AwsError('NotImplemented', `Not answered here: ${unknown.join(', ')}`, 501);
}

export function noSuchEntity(message: string): AwsError {
  return new AwsError('NoSuchEntity', message, 404);
}

/**
 * The account that the call acts in, once the caller may do this there.
 * @param named how AWS's error text names the resource
 * @throws AwsError AccessDenied
 */
export function authorizedAccount(
  call: Call,
  state: AwsState,
  question: Omit<Question, 'action'>,
  named: string,
): Account {
  const { principal } = call.caller;
  const action = `iam:${call.action}`;
  const decision = decide(call, state, { ...question, action });
  if (!decision.allowed)
    throw sharedError('iam', 'denied', deniedMessage(principal, action, named, decision));
  const account = findAccount(state.world, principal.account);
  if (!account) throw sharedError('iam', 'denied', `The account ${principal.account} is gone.`);
  return account;
}

export interface Page<Item> {
  items: Item[];
  /** IsTruncated, and the Marker of the next page. */
  trailer: string;
}

/**
 * One page of a list by MaxItems (1 to 1,000, default 100) and Marker (IAM API reference, "Paginating").
 * @throws AwsError ValidationError for a marker that was never given out
 */
export function pageOf<Item>(parameters: Record<string, unknown>, items: Item[]): Page<Item> {
  const size =
    parameters['MaxItems'] === undefined
      ? 100
      : Number(textOf(parameters, 'MaxItems', { min: 1, max: 4, form: /^\d+$/ }));
  if (size < 1 || size > 1000)
    throw invalid(`Value '${size}' at 'maxItems' failed to satisfy constraint: Member must be 1 to 1000`);
  const marker = parameters['Marker'];
  const start =
    marker === undefined
      ? 0
      : Number(
          Buffer.from(
            textOf(parameters, 'Marker', { min: 1, max: 100, form: /^[\w=+/-]+$/ }),
            'base64url',
          ).toString(),
        );
  if (!Number.isInteger(start) || start < 0) throw invalid(`Invalid Marker: ${String(marker)}`);
  const next = start + size;
  const more = next < items.length;
  return {
    items: items.slice(start, next),
    trailer:
      element('IsTruncated', String(more)) +
      (more ? element('Marker', Buffer.from(String(next)).toString('base64url')) : ''),
  };
}

/** Policy documents are URL-encoded by RFC 3986 (IAM API reference, PolicyVersion, Role). */
export function urlEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** AWS gives IAM's times to the second. */
export function iamTime(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, 'Z');
}
