import type { Answering } from './answering.ts';
import type { Name } from './catalog.ts';
import { type GrantKey, pick, type Seen, type Somebody } from './model.ts';

// Whom and what a command means, for the model and for the real thing alike.

/** Whose grant it is, where nobody is named. */
export function ownerOr(somebody: Somebody, seen: Seen, key: GrantKey | undefined): Name {
  return somebody === 'whoever' ? (seen.owners[key?.request ?? ''] ?? 'eve') : somebody;
}

/** The request that is answered. */
export function requestOf(seen: Seen, command: Answering): string | undefined {
  const answered = seen.requests.filter((one) => seen.answered[one]?.length !== 0);
  return pick(seen.requests, command.request, command.do === 'review' ? seen.open : answered);
}

/** Who answers. */
export function answererOf(seen: Seen, label: string | undefined, command: Answering): Name {
  if (command.by !== 'whoever') return command.by;
  const those = (command.do === 'review' ? seen.able : seen.answered)[label ?? ''] ?? [];
  return pick(those, command.among) ?? 'pat';
}
