/** How bad it is. `unknown`: it could not be looked at, so nothing is known. */
export const findingLevels = ['ok', 'info', 'unknown', 'warning', 'error'] as const;
export type FindingLevel = (typeof findingLevels)[number];

/** Everything that is looked at. */
export const checks = [
  'account',
  'inspector',
  'deny-writer',
  'boundary-policy',
  'role',
  'trust',
  'trust-others',
  'external-id',
  'boundary',
  'not-principal',
  'max-session',
  'permission-set',
  'session-duration',
  'session-size',
] as const;
export type Check = (typeof checks)[number];

/** What was seen of one thing. */
export interface Finding {
  readonly check: Check;
  readonly level: FindingLevel;
  /** Access cannot be given while it is so: it is not approved. */
  readonly stops: boolean;
  /** One sentence for whoever asks or approves: no names of other principals. */
  readonly summary: string;
  /** The whole of it for operators, with what to do. */
  readonly message: string;
}

/** What all findings of an entitlement come to. */
export type Verdict = 'ok' | 'unknown' | 'warning' | 'error';

/** The worst of the findings; what is only worth knowing is well. No findings at all: nothing is known. */
export function verdictOf(findings: readonly Finding[]): Verdict {
  if (findings.length === 0) return 'unknown';
  const worst = Math.max(...findings.map(({ level }) => findingLevels.indexOf(level)));
  const level = findingLevels[worst] ?? 'unknown';
  return level === 'info' ? 'ok' : level;
}

type Said = readonly [summary: string, more?: string];

function finding(check: Check, level: FindingLevel, [summary, more]: Said, stops = false): Finding {
  return { check, level, stops, summary, message: more === undefined ? summary : `${summary} ${more}` };
}

export const ok = (check: Check, ...said: Said): Finding => finding(check, 'ok', said);
export const info = (check: Check, ...said: Said): Finding => finding(check, 'info', said);
export const warning = (check: Check, ...said: Said): Finding => finding(check, 'warning', said);
export const unknown = (check: Check, ...said: Said): Finding => finding(check, 'unknown', said);
export const error = (check: Check, ...said: Said): Finding => finding(check, 'error', said);
/** An error because of which access cannot be given at all. */
export const stopping = (check: Check, ...said: Said): Finding => finding(check, 'error', said, true);

/** Names in a message: the first few, each of no more than 200 characters. */
export function named(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => (name.length > 200 ? `${name.slice(0, 199)}…` : name));
  return shown.join(', ') + (names.length > shown.length ? ` and ${names.length - shown.length} more` : '');
}
