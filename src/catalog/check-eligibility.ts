import { checkNames } from './check-account-facts.ts';
import { checkGroupNames } from './check-group-names.ts';
import { dayRanges, formatDays, parseDays } from './days.ts';
import type { LocatedDocument, Path } from './document.ts';
import type { Range } from './limits.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { parseUntil } from './until.ts';

/** Notes what is wrong with who is from outside: their groups, until when, and who answers for them. */
export function checkOutside(
  document: LocatedDocument,
  groups: ReadonlySet<string>,
  people: ReadonlySet<string>,
): void {
  checkGroupNames(document, ['outside', 'groups'], groups);
  for (const name of people) {
    if (document.full) return;
    const path = ['people', name];
    const until = document.at([...path, 'eligibleUntil']);
    const sponsor = document.at([...path, 'sponsor']);
    if (until === undefined && sponsor === undefined) continue;
    if (until === undefined || sponsor === undefined) {
      const [there, missing] =
        until === undefined ? ['sponsor', 'eligibleUntil'] : ['eligibleUntil', 'sponsor'];
      document.note([...path, there], 'key', `'${there}' takes '${missing}' beside it: add it`);
    }
    if (typeof until === 'string' && parseUntil(until) === null) {
      document.note([...path, 'eligibleUntil'], 'value', `there is no day or time such as ${quoted(until)}`);
    }
    if (typeof sponsor === 'string') checkSponsor(document, [...path, 'sponsor'], name, sponsor, people);
  }
}

function checkSponsor(
  document: LocatedDocument,
  path: Path,
  name: string,
  sponsor: string,
  people: ReadonlySet<string>,
): void {
  if (sponsor === name) {
    document.note(path, 'value', `nobody answers for themselves: name somebody else than ${quoted(name)}`);
  } else if (!people.has(sponsor)) {
    document.note(
      path,
      'value',
      `nobody is named ${quoted(sponsor)}: add it under people${didYouMean(sponsor, people)}`,
    );
  } else if (
    ['eligibleUntil', 'sponsor'].some((key) => document.at(['people', sponsor, key]) !== undefined)
  ) {
    document.note(path, 'value', `${quoted(sponsor)} is from outside, too: name somebody who is not`);
  }
}

/** Notes what is wrong with the reviews of who may ask for one entitlement. */
export function checkReviewEvery(
  document: LocatedDocument,
  top: Path,
  around: { readonly groups: ReadonlySet<string>; readonly people: ReadonlySet<string> },
): void {
  if (document.at([...top, 'reviewEvery']) === undefined) {
    for (const key of ['reviewWithin', 'unusedAfter', 'owners']) {
      if (document.at([...top, key]) === undefined) continue;
      document.note(
        [...top, key],
        'key',
        `'${key}' has no effect without 'reviewEvery': add it, or take this out`,
      );
    }
    return;
  }
  const every = checkDays(document, [...top, 'reviewEvery'], dayRanges.reviewEvery);
  const within = checkDays(document, [...top, 'reviewWithin'], dayRanges.reviewWithin);
  checkDays(document, [...top, 'unusedAfter'], dayRanges.unusedAfter);
  if (every !== null && within !== null && within >= every) {
    document.note([...top, 'reviewWithin'], 'value', "'reviewWithin' must be shorter than 'reviewEvery'");
  }
  const owners = [...top, 'owners'];
  checkNames(document, [...owners, 'groups'], around.groups, 'group', 'no group is named');
  checkNames(document, [...owners, 'people'], around.people, 'person', 'nobody is named');
  if (document.at(owners) === undefined) requireAccountOwners(document, top);
}

function requireAccountOwners(document: LocatedDocument, top: Path): void {
  const account =
    document.at([...top, 'role', 'account']) ?? document.at([...top, 'permissionSet', 'account']);
  if (typeof account !== 'string' || document.at(['accounts', account]) === undefined) return;
  if (document.at(['accounts', account, 'owners']) !== undefined) return;
  document.note(
    [...top, 'reviewEvery'],
    'key',
    `nobody would answer the reviews: add owners here, or to the account ${quoted(account)}`,
  );
}

function checkDays(document: LocatedDocument, path: Path, range: Range): number | null {
  const text = document.at(path);
  const seconds = typeof text === 'string' ? parseDays(text) : null;
  if (seconds === null) return null;
  if (seconds >= range.min && seconds <= range.max) return seconds;
  const limits = `${formatDays(range.min)} to ${formatDays(range.max)}`;
  document.note(path, 'value', `'${String(path.at(-1))}' must be ${limits}, not ${quoted(text)}`);
  return null;
}
