import { isDeepStrictEqual } from 'node:util';
import { formatDuration } from '../duration.ts';
import type { AssuranceDemand, Entitlement } from '../types.ts';
import { assuranceLevels } from '../types.ts';
import { ruleChanges, stepChanges } from './approval.ts';
import { breakGlassChanges } from './break-glass.ts';
import { byAmount, byFlag, type Effect, type TermChange } from './effect.ts';

/** What changes in the terms of an entitlement but for who may ask and answer. External ids are not repeated. */
export function termChanges(before: Entitlement, after: Entitlement): TermChange[] {
  return [
    ...targetChanges(before, after),
    ...byAmount(
      before.maxDurationSeconds,
      after.maxDurationSeconds,
      `grants up to ${formatDuration(after.maxDurationSeconds)}, were up to ${formatDuration(before.maxDurationSeconds)}`,
    ),
    ...byAmount(
      before.sessionSeconds,
      after.sessionSeconds,
      `sessions of ${formatDuration(after.sessionSeconds)}, were of ${formatDuration(before.sessionSeconds)}`,
    ),
    ...(before.requestExpiresSeconds === after.requestExpiresSeconds
      ? []
      : [
          {
            text: `requests wait for ${formatDuration(after.requestExpiresSeconds)}, did for ${formatDuration(before.requestExpiresSeconds)}`,
            effect: 'neither',
          } as const,
        ]),
    ...stepChanges(before, after),
    ...ruleChanges(before.rules, after.rules),
    ...(['ask', 'approve', 'issue'] as const).flatMap((when) =>
      assuranceChange(when, before.assurance[when], after.assurance[when]),
    ),
    ...ticketChange(before.ticketPattern, after.ticketPattern),
    ...byFlag(
      before.ticketValidated !== true,
      after.ticketValidated !== true,
      'a ticket that no validator vouches for',
    ),
    ...breakGlassChanges(before.breakGlass, after.breakGlass),
    ...byFlag(before.allowOnward, after.allowOnward, 'going on to other roles'),
    ...byFlag(before.allowIamWrite, after.allowIamWrite, 'making lasting ways in'),
    ...byFlag(before.choiceRequired !== true, after.choiceRequired !== true, 'asking for the whole'),
    ...reviewChanges(before.reviews, after.reviews),
    ...sessionConditionChanges(before, after),
    ...others(before, after),
  ];
}

function targetChanges(before: Entitlement, after: Entitlement): TermChange[] {
  const [was, is] = [arnOf(before), arnOf(after)];
  const changed = before.target;
  if (was !== is) return [{ text: `it gives ${is}, was ${was}`, effect: 'unclear' }];
  return isDeepStrictEqual(changed, after.target)
    ? []
    : [{ text: 'what is said of its role or permission set in AWS', effect: 'unclear' }];
}

function arnOf({ target }: Entitlement): string {
  return target.kind === 'role' ? target.roleArn : `${target.permissionSetArn} in ${target.accountId}`;
}

function assuranceChange(
  when: 'ask' | 'approve' | 'issue',
  before: AssuranceDemand,
  after: AssuranceDemand,
): TermChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  const level = assuranceLevels.indexOf(after.level) - assuranceLevels.indexOf(before.level);
  const age = (after.maxAgeSeconds ?? Infinity) - (before.maxAgeSeconds ?? Infinity);
  const weaker = level < 0 || age > 0;
  const effect: Effect = weaker ? 'widens' : 'narrows';
  const what = { ask: 'asking', approve: 'approving', issue: 'the first session' }[when];
  return [{ text: `${what} takes ${demandText(after)}, took ${demandText(before)}`, effect }];
}

function demandText({ level, maxAgeSeconds }: AssuranceDemand): string {
  return maxAgeSeconds === null ? level : `${level} of at most ${formatDuration(maxAgeSeconds)} ago`;
}

function ticketChange(before: string | null, after: string | null): TermChange[] {
  if (before === after) return [];
  if (after === null) return [{ text: 'no ticket is needed', effect: 'widens' }];
  return before === null
    ? [{ text: `a ticket is needed: ${after}`, effect: 'narrows' }]
    : [{ text: `the ticket is to match ${after}, was ${before}`, effect: 'unclear' }];
}

function reviewChanges(before: Entitlement['reviews'], after: Entitlement['reviews']): TermChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (after === undefined) return [{ text: 'who may ask is reviewed no more', effect: 'widens' }];
  const every = `who may ask is reviewed every ${formatDuration(after.everySeconds)}`;
  if (before === undefined) return [{ text: every, effect: 'narrows' }];
  return before.everySeconds === after.everySeconds
    ? [{ text: 'how who may ask is reviewed, or by whom', effect: 'unclear' }]
    : byAmount(
        before.everySeconds,
        after.everySeconds,
        `${every}, was every ${formatDuration(before.everySeconds)}`,
      );
}

/** Each condition of its sessions by itself: without it they may more. */
function sessionConditionChanges(before: Entitlement, after: Entitlement): TermChange[] {
  const [was, is] = [{ ...before.conditions }, { ...after.conditions }] as Record<string, unknown>[];
  const names = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].toSorted();
  return names.flatMap((name): TermChange[] => {
    if (isDeepStrictEqual(was?.[name], is?.[name])) return [];
    if (is?.[name] === undefined) return [{ text: `the condition ${name} is gone`, effect: 'widens' }];
    const text = `the condition ${name} is ${JSON.stringify(is[name])}`;
    return [{ text, effect: was?.[name] === undefined ? 'narrows' : 'unclear' }];
  });
}

function others(before: Entitlement, after: Entitlement): TermChange[] {
  const differ = (pick: (entitlement: Entitlement) => unknown) =>
    !isDeepStrictEqual(pick(before), pick(after));
  const say = (changed: boolean, text: string, effect: Effect): TermChange[] =>
    changed ? [{ text, effect }] : [];
  return [
    ...say(
      differ(({ choices }) => choices),
      `choices are ${(after.choices ?? []).map(({ name }) => name).join(', ') || 'none'}`,
      'unclear',
    ),
    ...say(
      differ(({ account: { tags, ou } }) => [tags, ou]),
      'tags or unit of its account, which rules may ask for',
      'unclear',
    ),
    ...say(
      differ(({ roleWideDeny }) => roleWideDeny),
      after.roleWideDeny === true ? 'role-wide denies are allowed' : 'role-wide denies are not allowed',
      'neither',
    ),
    ...say(
      differ(({ description, account, actions }) => [description, account.name, actions]),
      'its description, the name of its account or what it says that it allows',
      'neither',
    ),
  ];
}
