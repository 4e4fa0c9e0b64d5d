import type { JsonObject } from '../../audit/leaf.ts';
import type { Denied, Kept } from './document.ts';
import { denyCodes, denyPortal, denyRole, type PortalGroup, wholeSecond } from './statements.ts';

export interface FillInput {
  readonly head: JsonObject;
  readonly others: readonly JsonObject[];
  readonly kept: Kept;
  /** What is to be denied, the most urgent first. */
  readonly inOrder: readonly Denied[];
  /** Roles that are denied as a whole. */
  readonly wide: ReadonlySet<string>;
  /** Round times of permission sets up to the minute, so that more people share a statement. */
  readonly coarse: boolean;
  readonly maxCharacters: number;
}

export interface Filling {
  /** Empty when not even what is not Daypass's finds room. */
  readonly document: string;
  readonly left: readonly string[];
}

/** Fills a policy document in the order given; each that does not fit any more is left out. One pass, whatever the number. */
export function fill(input: FillInput): Filling {
  const { kept, inOrder, wide, coarse, maxCharacters } = input;
  const names = sidsBeside(input.others);
  const sid = (kind: string, at: number | '') => names(`DaypassEnded${kind}${at}`);
  const statementSize = (statement: JsonObject, kind: string, at: number | '') =>
    JSON.stringify({ Sid: sid(kind, at), ...statement }).length + 1;

  const codes = new Set(kept.codes);
  const roles = new Map<string, Date>();
  const portal = new Map<string, PortalGroup & { readonly principalIds: string[] }>();
  let used = JSON.stringify(render(input, names, codes, roles, portal)).length;
  if (used > maxCharacters) {
    return { document: '', left: inOrder.map((one) => one.grantId) };
  }

  const left: string[] = [];
  const take = (grantId: string, size: number, add: () => void): void => {
    if (used + size > maxCharacters) left.push(grantId);
    else {
      used += size;
      add();
    }
  };
  const newest = newestPortal(inOrder);
  for (const one of inOrder) {
    if (one.kind === 'role' && wide.has(one.roleArn)) {
      const until = roles.get(one.roleArn);
      const add = () =>
        roles.set(one.roleArn, until !== undefined && until > one.createdAt ? until : one.createdAt);
      // Room is reckoned with a place of three digits: no account has a thousand roles.
      take(
        one.grantId,
        until === undefined ? statementSize(denyRole(one.roleArn, one.createdAt), 'Role', 100) : 0,
        add,
      );
    } else if (one.kind === 'role') {
      const size =
        codes.size === 0 ? statementSize(denyCodes([one.code]), 'Grants', '') : one.code.length + 3;
      take(one.grantId, codes.has(one.code) ? 0 : size, () => codes.add(one.code));
    } else {
      const before = newest.get(personKey(one)) ?? one.issuedBefore;
      const issuedBefore = wholeSecond(before, coarse ? 60 : 1);
      const key = `${one.roleArnPattern} ${issuedBefore}`;
      const group = portal.get(key);
      const made = { roleArnPattern: one.roleArnPattern, issuedBefore, principalIds: [one.principalId] };
      if (group === undefined) {
        take(one.grantId, statementSize(denyPortal(made), 'Portal', 100), () => portal.set(key, made));
      } else if (!group.principalIds.includes(one.principalId)) {
        take(one.grantId, one.principalId.length + 3, () => group.principalIds.push(one.principalId));
      }
    }
  }
  return { document: JSON.stringify(render(input, names, codes, roles, portal)), left };
}

function personKey(one: Extract<Denied, { kind: 'portal' }>): string {
  return `${one.principalId} ${one.roleArnPattern}`;
}

/** A person whose grants of one permission set ended several times is denied once, up to the newest end. */
function newestPortal(denied: readonly Denied[]): ReadonlyMap<string, Date> {
  const newest = new Map<string, Date>();
  for (const one of denied) {
    if (one.kind !== 'portal') continue;
    const before = newest.get(personKey(one));
    if (before === undefined || before < one.issuedBefore) newest.set(personKey(one), one.issuedBefore);
  }
  return newest;
}

function render(
  input: Pick<FillInput, 'head' | 'others' | 'kept'>,
  names: (name: string) => string,
  codes: ReadonlySet<string>,
  roles: ReadonlyMap<string, Date>,
  portal: ReadonlyMap<string, PortalGroup>,
): JsonObject {
  const byKey = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));
  const named = (kind: string, statements: readonly JsonObject[]) =>
    statements
      .map((statement, at) => ({ ...statement, Sid: names(`DaypassEnded${kind}${at}`) }))
      .map(sidFirst);
  return {
    ...input.head,
    Statement: [
      ...input.others,
      ...(codes.size === 0 ? [] : [sidFirst({ ...denyCodes([...codes]), Sid: names('DaypassEndedGrants') })]),
      ...named(
        'Role',
        byKey(roles).map(([roleArn, until]) => denyRole(roleArn, until)),
      ),
      ...named(
        'Portal',
        byKey(portal).map(([, group]) => denyPortal(group)),
      ),
      ...named('Kept', input.kept.statements),
    ],
  };
}

function sidFirst({ Sid, ...rest }: JsonObject): JsonObject {
  return { ...(Sid === undefined ? {} : { Sid }), ...rest };
}

/** Gives names that no other statement of the policy has: AWS refuses a document with two of one name. */
function sidsBeside(others: readonly JsonObject[]): (name: string) => string {
  const taken = new Set(others.map((statement) => statement['Sid']));
  return (name) => (taken.has(name) ? `${name}9999` : name);
}
