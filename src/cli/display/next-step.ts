import type { Request } from '../api.ts';
import { printable } from './printable.ts';
import { formatTime } from './time.ts';

/** What the person who asked can do next, as lines for the terminal; empty where there is nothing to do. */
export function nextStep(request: Request): string {
  const id = printable(request.id ?? '');
  if (request.state === 'pending') {
    return `Next: daypass wait ${id} waits for the answer; daypass cancel ${id} takes it back.\n`;
  }
  if (request.state !== 'approved') return '';
  if (request.extends !== null) {
    return `Next: nothing. What runs goes on; credentials that are fetched from now on last to the new end at ${printable(formatTime(request.extends.to))}.\n`;
  }
  return request.entitlements
    .map(({ id: entitlement, target }) => {
      const named = printable(entitlement);
      return target === 'role'
        ? `Next: daypass exec ${named} -- aws s3 ls; or daypass aws configure ${named}, once, for your AWS tools.\n`
        : `Next: for ${named} sign in at your AWS access portal.\n`;
    })
    .join('');
}
