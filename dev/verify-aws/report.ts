import type { Claim, Verdict, VerdictKind } from './claim.ts';

export interface Result {
  readonly claim: Claim;
  readonly verdict: Verdict;
}

/** All of one run. Times are RFC 3339 in UTC. */
export interface Report {
  readonly account: string;
  readonly region: string;
  readonly role: string;
  readonly broker: string;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly results: readonly Result[];
  /** What could not be put back. */
  readonly left: readonly string[];
  /** It was broken off. */
  readonly broken: boolean;
}

/** Whether all that was looked at holds, something was, and everything is back as it was. */
export function allWell({ results, left, broken }: Report): boolean {
  const looked = results.filter(({ verdict }) => verdict.kind !== 'skipped');
  return (
    !broken &&
    left.length === 0 &&
    looked.length > 0 &&
    looked.every(({ verdict }) => verdict.kind === 'holds')
  );
}

/** For people at a terminal. */
export function table(report: Report): string {
  const width = Math.max(...report.results.map(({ claim }) => claim.id.length));
  const lines = report.results.flatMap(({ claim, verdict }) => [
    `${verdict.kind.padEnd(7)}  ${claim.id.padEnd(width)}  ${claim.says}`,
    `${' '.repeat(width + 11)}${verdict.seen}`,
    ...figures(verdict).map((figure) => `${' '.repeat(width + 11)}${figure}`),
  ]);
  return `${lines.join('\n')}\n\n${summary(report)}\n`;
}

export function json(report: Report): string {
  const results = report.results.map(({ claim, verdict }) => {
    const { id, says, source, how } = claim;
    return {
      id,
      says,
      source,
      how,
      verdict: verdict.kind,
      seen: verdict.seen,
      measured: verdict.measured ?? {},
    };
  });
  return `${JSON.stringify({ ...report, results, holds: allWell(report) })}\n`;
}

/** A report to keep. Account ids stand in it, and no credentials. */
export function markdown(report: Report): string {
  const rows = report.results.map(({ claim, verdict }) => {
    const seen = [verdict.seen, ...figures(verdict)].map(cell).join('<br>');
    return `| ${claim.id} | ${cell(claim.says)} | ${verdict.kind} | ${seen} |`;
  });
  return [
    `# AWS, looked at on ${report.startedAt.slice(0, 10)}`,
    '',
    `Account ${report.account}, ${report.region}, role \`${report.role}\`, lent by \`${report.broker}\`; from ${report.startedAt} to ${report.endedAt}.`,
    '',
    summary(report),
    '',
    '| claim | what Daypass says | | what was seen |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function summary(report: Report): string {
  const count = (kind: VerdictKind) => report.results.filter(({ verdict }) => verdict.kind === kind).length;
  return [
    `${count('holds')} hold, ${count('fails')} fail, ${count('unclear')} are unclear, ${count('skipped')} were skipped.`,
    ...(report.broken ? ['It was broken off: the rest was not looked at.'] : []),
    ...(report.left.length === 0
      ? ['Everything is back as it was.']
      : report.left.map((what) => `NOT PUT BACK: ${what}`)),
  ].join('\n');
}

function figures({ measured = {} }: Verdict): string[] {
  return Object.entries(measured)
    .filter(([, values]) => values.length > 0)
    .map(([name, values]) => `${name}: ${values.map((value) => Math.round(value * 10) / 10).join(', ')}`);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
