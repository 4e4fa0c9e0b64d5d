import type { LocatedDocument, Path } from './document.ts';
import { quoted } from './lookalike.ts';
import type { OwnNames } from './policy/guards.ts';
import { maxPolicyCharacters } from './policy/render.ts';
import { worstCase } from './policy/size.ts';
import type { Catalog, Choice, Entitlement } from './types.ts';

/** Notes what STS would refuse when a session is asked for: policies that are too long, or too large once packed. */
export function checkSizes(document: LocatedDocument, catalog: Catalog, own: OwnNames): void {
  for (const entitlement of catalog.entitlements.values()) {
    if (document.full) return;
    if (entitlement.target.kind !== 'role') continue;
    const top = ['entitlements', entitlement.id];
    if (entitlement.choiceRequired !== true) {
      const conditions = entitlement.conditions === undefined ? top : [...top, 'conditions'];
      checkSize(document, conditions, entitlement, null, own);
    }
    for (const choice of entitlement.choices ?? []) {
      checkSize(document, [...top, 'choices', choice.name], entitlement, choice, own);
    }
  }
}

function checkSize(
  document: LocatedDocument,
  path: Path,
  entitlement: Entitlement,
  choice: Choice | null,
  own: OwnNames,
): void {
  const { characters, packedPercent } = worstCase(entitlement, choice, own);
  if (characters <= maxPolicyCharacters && packedPercent <= 100) return;
  const size =
    characters > maxPolicyCharacters
      ? `${characters} characters, and STS takes ${maxPolicyCharacters}`
      : `${packedPercent} % of what STS takes once packed, as estimated`;
  const advice =
    choice === null
      ? 'list fewer addresses, VPC endpoints, regions or tags'
      : "take actions, resources or conditions out, or lower a parameter's maxLength";
  const what = choice === null ? quoted(entitlement.id) : `choice ${quoted(choice.name)}`;
  document.note(path, 'key', `the session policy of ${what} can have ${size}: ${advice}`, 'size');
}
