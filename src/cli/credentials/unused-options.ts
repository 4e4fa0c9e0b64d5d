import { printable } from '../display/printable.ts';
import type { Found } from './find-grant.ts';

/** What a request would have said. */
export interface Asking {
  /** Seconds. */
  readonly for?: number;
  readonly because?: string;
  readonly ticket?: string;
}

/** One line that says which of these were not used, since there is a grant or a request already; null when none were lost. */
export function unusedOptions(found: Found, given: Asking): string | null {
  if (found.is === 'nothing') return null;
  if (found.is === 'asked') {
    const { id, reason, durationSeconds, ticket } = found.request;
    const same =
      (given.because ?? reason)?.trim() === reason?.trim() &&
      (given.for ?? durationSeconds) === durationSeconds &&
      (given.ticket ?? ticket) === ticket;
    return same
      ? null
      : `using your pending request ${printable(id ?? '')} (because ${printable(reason ?? '(erased)')})`;
  }
  const names = (['for', 'because', 'ticket'] as const).filter((name) => given[name] !== undefined);
  if (names.length === 0) return null;
  const options = names.map((name) => `--${name}`).join(' and ');
  return `using your grant ${printable(found.grant.id)}: ${options} ${names.length === 1 ? 'was' : 'were'} not used`;
}
