import { maxPolicyCharacters } from '../../catalog/policy/render.ts';
import type { OwnNames } from '../../catalog/policy/guards.ts';
import { worstCase } from '../../catalog/policy/size.ts';
import type { Entitlement } from '../../catalog/types.ts';
import { type Finding, ok, warning } from './finding.ts';

// STS packs policy and tags together into a format that AWS does not document: near its limit the estimate may be wrong.
const nearPercent = 90;

/** How close the largest session of a role comes to what STS takes: the policy's characters, and all of it packed, as estimated. */
export function checkSessionSize(entitlement: Entitlement, names: OwnNames): Finding {
  const forms = [...(entitlement.choiceRequired === true ? [] : [null]), ...(entitlement.choices ?? [])];
  const sizes = forms.map((choice) => worstCase(entitlement, choice, names));
  const characters = Math.max(0, ...sizes.map((size) => size.characters));
  const packed = Math.max(0, ...sizes.map((size) => size.packedPercent));
  const more = `Its policy has up to ${characters} of ${maxPolicyCharacters} characters; packed with its tags up to ${packed} % of the limit, as estimated.`;
  if (characters > maxPolicyCharacters || packed > nearPercent) {
    return warning(
      'session-size',
      'Sessions come near the size that AWS takes, so that it may refuse some.',
      `${more} List fewer conditions or shorter parameters in the catalog.`,
    );
  }
  return ok('session-size', 'Sessions are small enough.', more);
}
