import { checkKnown, checkWho, type ApproveSurroundings } from './check-approve.ts';
import { checkDuration } from './check-duration.ts';
import type { LocatedDocument, Path } from './document.ts';
import { defaultBreakGlassSeconds, strongest } from './break-glass.ts';
import { formatDuration, parseDuration } from './duration.ts';
import { defaultAssurance, defaults, ranges } from './limits.ts';
import { quoted } from './lookalike.ts';
import { assuranceLevels, type AssuranceLevel } from './types.ts';

/** Notes what the schema cannot see in who may break the glass, for how long, how strongly proven, and who looks afterwards. */
export function checkBreakGlass(document: LocatedDocument, top: Path, around: ApproveSurroundings): void {
  const path = [...top, 'breakGlass'];
  if (document.mapAt(path) === null) return;
  checkKnown(document, [...path, 'people'], around.people, 'nobody', 'people');
  checkLength(document, top, path, around);
  checkLevel(document, top, [...path, 'assurance']);
  checkFollowUp(document, top, path, around);
}

function checkLength(
  document: LocatedDocument,
  top: Path,
  path: Path,
  { guardrails }: ApproveSurroundings,
): void {
  const given = document.at([...path, 'maxDuration']);
  const longest = secondsAt(document, [...top, 'maxDuration']);
  const seconds =
    given === undefined
      ? longest === null
        ? null
        : defaultBreakGlassSeconds(longest)
      : checkDuration(document, [...path, 'maxDuration'], ranges.breakGlass);
  if (seconds === null) return;
  const [where, part] =
    given === undefined ? [path, 'key' as const] : [[...path, 'maxDuration'], 'value' as const];
  if (longest !== null && seconds >= longest) {
    document.note(
      where,
      part,
      `what is broken open lasts shorter than what is approved: write a maxDuration below ${formatDuration(longest)}`,
    );
  }
  const limit = guardrails.maxBreakGlassSeconds;
  if (seconds > limit) {
    document.note(
      where,
      part,
      `a guardrail allows no break-glass longer than ${formatDuration(limit)}: write maxDuration: ${formatDuration(limit)} or less`,
    );
  }
}

function checkLevel(document: LocatedDocument, top: Path, path: Path): void {
  checkDuration(document, [...path, 'maxAge'], ranges.maxAge);
  const inner = document.at([...path, 'level']);
  const level = levelOf(inner ?? document.at(path));
  if (level === null) return;
  const demanded = [
    ...(['ask', 'approve', 'issue'] as const).map((step) => {
      const entry = document.at([...top, 'assurance', step]);
      const written = levelOf(document.at([...top, 'assurance', step, 'level']) ?? entry);
      return written ?? defaultAssurance[step].level;
    }),
    levelOf(document.at([...top, 'conditions', 'assurance'])) ?? 'single-factor',
  ];
  const least = strongest(demanded);
  if (assuranceLevels.indexOf(level) >= assuranceLevels.indexOf(least)) return;
  document.note(
    inner === undefined ? path : [...path, 'level'],
    'value',
    `the entitlement demands ${least} elsewhere, and break-glass takes no less: write assurance: ${least}`,
  );
}

function checkFollowUp(document: LocatedDocument, top: Path, path: Path, around: ApproveSurroundings): void {
  const followUp = [...path, 'followUp'];
  if (document.mapAt(followUp) === null) return;
  checkWho(document, [...followUp, 'by'], top, around);
  const within =
    document.at([...followUp, 'within']) === undefined
      ? defaults.followUpSeconds
      : checkDuration(document, [...followUp, 'within'], ranges.followUp);
  if (document.mapAt([...followUp, 'escalate']) !== null) {
    checkWho(document, [...followUp, 'escalate', 'to'], top, around);
    const after = checkDuration(document, [...followUp, 'escalate', 'after'], ranges.followUp);
    if (after !== null && within !== null && after > within) {
      document.note(
        [...followUp, 'escalate', 'after'],
        'value',
        `it is overdue after ${formatDuration(within)}, and then more people must be able to look: write ${formatDuration(within)} or less`,
      );
    }
  }
  checkSomebodyElse(document, path, followUp);
}

/** Where only people are named, somebody must be left for each who may use it. */
function checkSomebodyElse(document: LocatedDocument, path: Path, followUp: Path): void {
  const looking = [
    [...followUp, 'by'],
    [...followUp, 'escalate', 'to'],
  ].flatMap((where) => {
    const who = document.mapAt(where);
    return who === null ? [] : [who];
  });
  if (looking.some((who) => Object.keys(who).some((key) => key !== 'people'))) return;
  const named = looking.flatMap(({ people }) => (Array.isArray(people) ? (people as unknown[]) : []));
  const using = document.at([...path, 'people']);
  if (named.length === 0 || !Array.isArray(using)) return;
  const alone = (using as unknown[]).find((one) => named.every((other) => other === one));
  if (alone === undefined) return;
  document.note(
    [...followUp, 'by'],
    'key',
    `nobody but ${quoted(alone)} could look at what ${quoted(alone)} did: name somebody else, too`,
  );
}

function levelOf(value: unknown): AssuranceLevel | null {
  return assuranceLevels.find((level) => level === value) ?? null;
}

function secondsAt(document: LocatedDocument, path: Path): number | null {
  const text = document.at(path);
  return typeof text === 'string' ? parseDuration(text) : null;
}
