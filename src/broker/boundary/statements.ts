import type { Json, JsonObject } from '../../audit/leaf.ts';

/** The tag of a session by which its grant is denied. */
const codeKey = 'aws:PrincipalTag/daypass:code';
// Clocks differ: a session that was lent just before an end may carry a time a little after it.
const skewMs = 5_000;

/** People of one permission set whose sessions from before an instant are denied. */
export interface PortalGroup {
  readonly roleArnPattern: string;
  /** As aws:TokenIssueTime is compared: a whole second. */
  readonly issuedBefore: string;
  readonly principalIds: readonly string[];
}

/** One of Daypass's statements without its Sid, which is given by place. */
export function denyCodes(codes: readonly string[]): JsonObject {
  return deny({ StringEquals: { [codeKey]: [...codes].sort() } });
}

export function denyRole(roleArn: string, until: Date): JsonObject {
  return deny({
    ArnEquals: { 'aws:PrincipalArn': roleArn },
    DateLessThanEquals: { 'aws:TokenIssueTime': wholeSecond(new Date(until.getTime() + skewMs)) },
  });
}

export function denyPortal(group: PortalGroup): JsonObject {
  return deny({
    StringEquals: { 'identitystore:UserId': [...group.principalIds].sort() },
    ArnLike: { 'aws:PrincipalArn': group.roleArnPattern },
    DateLessThan: { 'aws:TokenIssueTime': group.issuedBefore },
  });
}

/** aws:TokenIssueTime has whole seconds; rounded up, so that nothing issued within the last one slips through. */
export function wholeSecond(time: Date, step = 1): string {
  const ms = step * 1000;
  return new Date(Math.ceil(time.getTime() / ms) * ms).toISOString().replace('.000Z', 'Z');
}

/** Is this a statement of Daypass's own making? Told by its whole form: what merely has such a name is somebody else's. */
export function isOwn(statement: JsonObject): boolean {
  return (
    /^DaypassEnded(?:Grants\d*|Role\d+|Portal\d+|Kept\d+)$/.test(text(statement['Sid'])) &&
    statement['Effect'] === 'Deny' &&
    statement['Action'] === '*' &&
    statement['Resource'] === '*' &&
    (ownCodes(statement).length > 0 || ownRole(statement) !== null || ownPortal(statement) !== null)
  );
}

/** The codes that one of Daypass's statements denies. */
export function ownCodes(statement: JsonObject): string[] {
  const condition = objectOf(statement['Condition']);
  return Object.keys(condition).length === 1 ? strings(objectOf(condition['StringEquals'])[codeKey]) : [];
}

/** The role that one of Daypass's statements denies as a whole, and up to when; null for another. */
export function ownRole(statement: JsonObject): { readonly roleArn: string; readonly until: Date } | null {
  const condition = objectOf(statement['Condition']);
  const roleArn = text(objectOf(condition['ArnEquals'])['aws:PrincipalArn']);
  const until = new Date(text(objectOf(condition['DateLessThanEquals'])['aws:TokenIssueTime']));
  return roleArn === '' || Number.isNaN(until.getTime()) ? null : { roleArn, until };
}

/** The people that one of Daypass's statements denies; null for another. */
export function ownPortal(statement: JsonObject): (PortalGroup & { readonly before: Date }) | null {
  const condition = objectOf(statement['Condition']);
  const principalIds = strings(objectOf(condition['StringEquals'])['identitystore:UserId']);
  const roleArnPattern = text(objectOf(condition['ArnLike'])['aws:PrincipalArn']);
  const issuedBefore = text(objectOf(condition['DateLessThan'])['aws:TokenIssueTime']);
  const before = new Date(issuedBefore);
  return principalIds.length === 0 || roleArnPattern === '' || Number.isNaN(before.getTime())
    ? null
    : { principalIds, roleArnPattern, issuedBefore, before };
}

function deny(condition: JsonObject): JsonObject {
  return { Effect: 'Deny', Action: '*', Resource: '*', Condition: condition };
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function strings(value: Json | undefined): string[] {
  const list: readonly (Json | undefined)[] = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === 'string');
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
