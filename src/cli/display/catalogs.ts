import type { CatalogProposal, Catalogs } from '../api.ts';
import { nameOf } from './people.ts';
import { printable } from './printable.ts';
import { formatTime } from './time.ts';

type Facts = [name: string, value: string][];

const bases: Readonly<Record<string, string>> = {
  first: 'the first of this database',
  operators: 'two operators approved it',
  signature: 'it was signed',
  file: 'the file was taken as it is',
};
const trusts: Readonly<Record<string, string>> = {
  'two-operators': 'two operators who approve it, or a signature where keys are set',
  signature: 'a signature',
  file: 'whoever can write the file',
};

/** Which catalog is in force, and what puts another one there. */
export function catalogFacts({ inForce, followed, trust }: Catalogs): Facts {
  const facts: Facts = [];
  if (inForce !== null) {
    facts.push(['in force', inForce.version], ['since', formatTime(inForce.since)]);
    const key = inForce.signingKey === null ? '' : `, by key ${inForce.signingKey}`;
    facts.push(['because', `${bases[inForce.basis] ?? inForce.basis}${key}`]);
    const people = (inForce.proposal?.approvals ?? []).map(({ person }) => nameOf(person));
    if (people.length > 0) facts.push(['approved by', people.join(', ')]);
    if (inForce.version !== followed)
      facts.push(['but', `this replica could not take it over and works with ${followed}: see its log`]);
  }
  facts.push(['changed by', trusts[trust] ?? trust]);
  return facts;
}

/** One proposal, and who said what. */
export function proposalFacts(proposal: CatalogProposal): Facts {
  const { version, state, proposedAt, approvals, approvalsNeeded, decidedBy, decidedAt, because } = proposal;
  const facts: Facts = [
    [state, version],
    ['since', formatTime(decidedAt ?? proposedAt)],
    ...approvals.map(({ person, approvedAt }): [string, string] => [
      'approved by',
      `${nameOf(person)}, ${formatTime(approvedAt)}`,
    ]),
  ];
  if (state === 'proposed')
    facts.push([
      'to approve',
      `${approvalsNeeded} operators, with daypass catalog approve ${version.slice(7, 19)}`,
    ]);
  if (state === 'rejected' && decidedBy !== null)
    facts.push(['rejected by', `${nameOf(decidedBy)}: ${because ?? ''}`]);
  return facts;
}

/** What is wrong with the file, a line each; empty when nothing is. */
export function catalogProblems({ file }: Catalogs): string {
  if (file.problemCount === 0) return '';
  const lines = file.problems.map(
    ({ line, column, message }) => `  ${line}:${column} ${printable(message)}\n`,
  );
  const more = file.problemCount - file.problems.length;
  return `\nThe file is refused, and the catalog in force stays:\n${lines.join('')}${more > 0 ? `  and ${more} more\n` : ''}`;
}
