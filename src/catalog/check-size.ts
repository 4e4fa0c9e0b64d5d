import type { LocatedDocument, Path } from './document.ts';
import { maxIdLength } from './limits.ts';
import { quoted } from './lookalike.ts';
import type { OwnNames } from './policy/guards.ts';
import { maxPolicyCharacters } from './policy/render.ts';
import { incompressible, worstCase } from './policy/size.ts';
import type { Catalog, Choice, Entitlement } from './types.ts';

/** What a place of the file comes to is looked at once, and so are sessions that differ by id and account alone. */
interface Seen {
  readonly places: Set<string>;
  readonly forms: Map<string, boolean>;
}

/** Notes what STS would refuse when a session is asked for: policies that are too long, or too large once packed. */
export function checkSizes(document: LocatedDocument, catalog: Catalog, own: OwnNames): void {
  const seen: Seen = { places: new Set(), forms: new Map() };
  for (const entitlement of catalog.entitlements.values()) {
    if (document.full) return;
    if (entitlement.target.kind !== 'role') continue;
    const top = ['entitlements', entitlement.id];
    if (entitlement.choiceRequired !== true && !fitsAnyway(entitlement, null, own, seen)) {
      const conditions = entitlement.conditions === undefined ? top : [...top, 'conditions'];
      checkSize(document, conditions, entitlement, null, own, seen);
    }
    for (const choice of entitlement.choices ?? []) {
      if (fitsAnyway(entitlement, choice, own, seen)) continue;
      checkSize(document, [...top, 'choices', choice.name], entitlement, choice, own, seen);
    }
  }
}

// What fits with the longest id there can be, which is hard to pack, fits with every id.
const worstId = incompressible(maxIdLength, 15);
// Account ids, which a policy can hold, do not all pack equally well.
const clearlyPercent = 97;

/** Does it fit so clearly that id and account make no difference? Worked out once for each form that a policy is made of. */
function fitsAnyway(entitlement: Entitlement, choice: Choice | null, own: OwnNames, seen: Seen): boolean {
  const { account, allowOnward, allowIamWrite, conditions } = entitlement;
  const form = JSON.stringify([allowOnward, allowIamWrite, conditions, choice]).replaceAll(account.id, '');
  const before = seen.forms.get(form);
  if (before !== undefined) return before;
  const { characters, packedPercent } = worstCase({ ...entitlement, id: worstId }, choice, own);
  const fits = characters <= maxPolicyCharacters && packedPercent <= clearlyPercent;
  seen.forms.set(form, fits);
  return fits;
}

function checkSize(
  document: LocatedDocument,
  path: Path,
  entitlement: Entitlement,
  choice: Choice | null,
  own: OwnNames,
  { places }: Seen,
): void {
  const place = document.pointerTo(path);
  if (places.has(place)) return;
  const { characters, packedPercent } = worstCase(entitlement, choice, own);
  if (characters <= maxPolicyCharacters && packedPercent <= 100) return;
  places.add(place);
  const size =
    characters > maxPolicyCharacters
      ? `${characters} characters, and STS takes ${maxPolicyCharacters}`
      : `${packedPercent} % of what STS takes once packed, as estimated`;
  const advice =
    choice === null
      ? 'list fewer addresses, VPC endpoints, regions or tags'
      : "take actions, resources or conditions out, or lower a parameter's maxLength";
  const what = choice === null ? quoted(entitlement.id) : `choice ${quoted(choice.name)}`;
  document.note(path, 'key', `the session policy of ${what} can have ${size}: ${advice}`);
}
