import type { Answering, Narrowing, Reviewed } from './answering.ts';
import { approve, changed, isVisible, settle } from './asking-model.ts';
import { askers, type Name, ruleOf } from './catalog.ts';
import {
  type Approval,
  count,
  handedTo,
  isCalled,
  isComplete,
  isStillByRule,
  mayAnswer,
  standing,
  termsOf,
} from './counting.ts';
import { beginEnding } from './granting-model.ts';
import {
  current,
  type Handed,
  isOpen,
  isParty,
  type Model,
  type Outcome,
  type Request,
  type Seen,
  type Version,
} from './model.ts';
import { answererOf, requestOf } from './naming.ts';

// What answers do, in plain words.

export function applyAnswering(model: Model, seen: Seen, command: Answering): Outcome {
  const label = requestOf(seen, command);
  const one = model.requests[label ?? ''];
  const name = answererOf(seen, label, command);
  if (one === undefined) return 'refused';
  return command.do === 'review' ? review(model, seen, one, name, command) : withdraw(model, one, name);
}

function review(model: Model, seen: Seen, asked: Request, name: Name, command: Reviewed): Outcome {
  const { decision } = command;
  if (!model.people[name].active || !isVisible(model, asked, name)) return 'refused';
  if (isParty(asked, name) || !hasRight(model, asked, name)) return 'refused';
  const version = versionOf(seen, asked, command);
  if (version === null || !isOpen(model, asked)) return 'refused';
  if (asked.reviews.some((one) => one.by === name && !one.withdrawn)) return 'refused';
  const record = (names: number, right: Handed | null, counts: Approval['counts']) => {
    asked.reviews.push({
      by: name,
      decision,
      version: names,
      at: model.now,
      called: isCalled(model, name),
      right,
      counts,
      withdrawn: false,
    });
    asked.events.push('review.recorded');
  };
  if (decision === 'deny') {
    record(version, null, null);
    settle(asked, 'denied');
    return 'done';
  }
  const earlier = standing(model, asked);
  if (command.narrow !== null && !narrowTo(asked, command.narrow)) return 'refused';
  const given = canStillBeGiven(model, asked) ? bestOf(model, asked, name, earlier) : null;
  if (given === null) return 'refused';
  record(command.narrow === null ? version : asked.versions.length - 1, given.right, given.counts);
  return isComplete(model, asked) ? approve(model, asked, 'reviews') : 'done';
}

/** The approval of theirs that counts for the most things, their own right first; null when none counts for anything. */
function bestOf(model: Model, asked: Request, name: Name, earlier: readonly Approval[]): Approval | null {
  let best: Approval | null = null;
  let most = 0;
  for (const right of [null, ...handedTo(model, name, [])]) {
    const one: Approval = { by: name, at: model.now, called: isCalled(model, name), right, counts: null };
    const gained = current(asked).ids.filter(
      (id) => count(model, asked, id, [...earlier, one]).counted > count(model, asked, id, earlier).counted,
    );
    if (gained.length > most) [best, most] = [{ ...one, counts: gained }, gained.length];
  }
  return best;
}

/** Would their approval be taken now? */
export function mayApprove(model: Model, asked: Request, name: Name): boolean {
  return (
    model.people[name].active &&
    isOpen(model, asked) &&
    hasRight(model, asked, name) &&
    !asked.reviews.some((one) => one.by === name && !one.withdrawn) &&
    bestOf(model, asked, name, standing(model, asked)) !== null
  );
}

/** Both by the rule in force and by that it was asked under, for one thing at least. */
function hasRight(model: Model, asked: Request, name: Name): boolean {
  return current(asked).ids.some((id) =>
    [termsOf(asked, id), ruleOf(id, model.edition) ?? termsOf(asked, id)].every((rule) =>
      mayAnswer(model, rule, id, name, asked),
    ),
  );
}

/** The version that the digest is of; null for a digest of something else. */
function versionOf(seen: Seen, asked: Request, command: Reviewed): number | null {
  const label = requestOf(seen, command) ?? '';
  if (command.digest === 'first') return 0;
  if (command.digest === 'now') return Math.min((seen.versions[label] ?? 1) - 1, asked.versions.length - 1);
  return null;
}

function narrowTo(asked: Request, { seconds, ids }: Narrowing): boolean {
  const before = current(asked);
  if (ids?.some((id) => !before.ids.includes(id)) === true) return false;
  const after: Version = { ids: ids ?? before.ids, seconds: seconds ?? before.seconds };
  if (after.seconds > before.seconds) return false;
  if (after.ids.length === before.ids.length && after.seconds === before.seconds) return false;
  asked.versions.push(after);
  asked.events.push('request.narrowed');
  for (const one of asked.reviews) {
    if (one.decision === 'approve' && !one.withdrawn) asked.events.push('review.carried');
  }
  return true;
}

/** Nothing it rests on has changed: rules, and those it is for. */
function canStillBeGiven(model: Model, asked: Request): boolean {
  const { ids } = current(asked);
  if (ids.some((id) => changed(model, asked, id))) return false;
  const parties = [asked.requester, asked.askedBy].map((name) => model.people[name]);
  if (!parties.every(({ active, groups }) => active && groups.includes(askers))) return false;
  if (!ids.every((id) => isStillByRule(model, asked, id))) return false;
  const barred = model.people[asked.requester].groups.includes('barred');
  return !ids.some((id) => termsOf(asked, id).bars && barred);
}

function withdraw(model: Model, asked: Request, name: Name): Outcome {
  const answer = asked.reviews.find((one) => one.by === name && !one.withdrawn);
  if (answer === undefined) return 'refused';
  if (!isOpen(model, asked)) {
    if (asked.state !== 'approved' || answer.decision !== 'approve') return 'refused';
    const scheduled = asked.grants.filter(({ state }) => state === 'scheduled');
    if (scheduled.length === 0 || asked.grants.some(({ state }) => state === 'active')) return 'refused';
    for (const grant of scheduled) beginEnding(asked, grant, 'revoked');
  }
  answer.withdrawn = true;
  asked.events.push('review.withdrawn');
  return 'done';
}
