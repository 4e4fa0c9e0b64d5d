import type { LocatedDocument } from './document.ts';
import { quoted } from './lookalike.ts';

/**
 * Notes entitlements of one role that disagree about `roleWideDeny`: denying all older sessions of a role would cut off
 * people whose entitlement did not declare it.
 */
export function checkSharedRoles(document: LocatedDocument, ids: readonly string[]): void {
  const first = new Map<string, { readonly id: string; readonly says: boolean }>();
  for (const id of ids) {
    const top = ['entitlements', id];
    const account = document.at([...top, 'role', 'account']);
    const name = document.at([...top, 'role', 'name']);
    if (typeof account !== 'string' || typeof name !== 'string') continue;
    const says = document.at([...top, 'roleWideDeny']) === true;
    const role = `${account} ${name.toLowerCase()}`;
    const other = first.get(role);
    if (other === undefined) first.set(role, { id, says });
    else if (other.says !== says) {
      document.note(
        top,
        'key',
        `${quoted(id)} and ${quoted(other.id)} lend the same role: write roleWideDeny: true for both, or for neither`,
        'one role',
      );
    }
  }
}
