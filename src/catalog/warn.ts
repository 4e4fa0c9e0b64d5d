import type { LocatedDocument, Path } from './document.ts';
import { globCovers } from './policy/glob.ts';
import { assuranceLevels, type Catalog, type Entitlement, type Problem } from './types.ts';

// botocore, in the AWS CLI and boto3, asks for new credentials from 15 minutes before they expire, and a session shorter than
// this spends most of its life there.
const comfortableSeconds = 1200;

/** What a sound catalog may still be better without. Nothing of it keeps the catalog from being loaded. */
export function warnings(
  document: LocatedDocument,
  catalog: Catalog,
  usedRuleSets: ReadonlySet<string>,
): Problem[] {
  // By place and message: what a fleet says, it says of many accounts.
  const found = new Map<string, Problem>();
  const warn = (path: Path, message: string) => {
    const line = document.lineOf(path);
    const pointer = document.pointerTo(path);
    found.set(`${pointer} ${message}`, { line, column: 1, path: pointer, message });
  };
  for (const name of document.keysAt(['ruleSets'])) {
    if (!usedRuleSets.has(name)) warn(['ruleSets', name], 'no entitlement uses this rule set: take it out');
  }
  for (const entitlement of catalog.entitlements.values()) {
    for (const [key, message] of warningsOf(entitlement)) {
      warn(['entitlements', entitlement.id, ...key], message);
    }
  }
  return [...found.values()].toSorted((a, b) => a.line - b.line);
}

function* warningsOf(entitlement: Entitlement): Generator<[path: string[], message: string]> {
  const { target, sessionSeconds, choices = [], actions } = entitlement;
  if (target.kind !== 'role') return;
  if (sessionSeconds < comfortableSeconds) {
    yield [
      ['sessionDuration'],
      'the AWS CLI and boto3 renew credentials from 15 minutes before they expire, so that they ask again and again for ones this short: 30m is kinder to them',
    ];
  }
  const demanded = entitlement.conditions?.assurance;
  const { level } = entitlement.assurance.issue;
  if (demanded !== undefined && assuranceLevels.indexOf(level) < assuranceLevels.indexOf(demanded)) {
    yield [
      ['conditions', 'assurance'],
      `sessions may be issued on ${level}, and AWS then denies them everything: write assurance: { issue: ${demanded} }, too`,
    ];
  }
  for (const choice of choices) {
    const path = ['choices', choice.name];
    const { allow } = choice;
    if (allow.actions.includes('*') && allow.resources.includes('*') && allow.resourceTags === undefined) {
      yield [path, 'this choice narrows nothing: name actions, resources or resourceTags'];
    }
    const beyond = actions === undefined ? undefined : allow.actions.find((each) => !covered(each, actions));
    if (beyond !== undefined) {
      yield [
        path,
        `'actions' of the entitlement does not say that its role allows ${beyond}: the choice may not work`,
      ];
    }
  }
}

function covered(pattern: string, by: readonly string[]): boolean {
  return by.some((outer) => globCovers(outer, pattern));
}
