import { entryKey } from '../../catalog/on-call.ts';
import { type Component, paramOf, propertiesOf, textOf } from './component.ts';

/** Whom an event names. */
export interface Named {
  /** OIDC subjects. */
  readonly people: readonly string[];
  /** What the event says and the schedule does not know, short and fit to print. */
  readonly unmapped: readonly string[];
}

const mostLetters = 80;

/**
 * Whom an event puts on call: its attendees, or, where it has none, its summary as a whole. Rooms, those who declined and
 * those who are only told (RFC 5545, 3.2.3, 3.2.12, 3.2.16) are nobody.
 * @param people OIDC subjects by entryKey
 */
export function namedIn(event: Component, people: ReadonlyMap<string, string>): Named {
  const attendees = propertiesOf(event, 'attendee');
  const entries =
    attendees.length === 0
      ? [textOf(event, 'summary')]
      : attendees
          .filter(
            (attendee) =>
              paramOf(attendee, 'partstat').toUpperCase() !== 'DECLINED' &&
              paramOf(attendee, 'role').toUpperCase() !== 'NON-PARTICIPANT' &&
              !['ROOM', 'RESOURCE'].includes(paramOf(attendee, 'cutype').toUpperCase()),
          )
          .map(({ values }) => String(values[0]).replace(/^mailto:/i, ''));
  const found = entries.map((entry) => ({ entry, subject: people.get(entryKey(entry)) }));
  return {
    people: found.flatMap(({ subject }) => (subject === undefined ? [] : [subject])),
    unmapped: found.flatMap(({ entry, subject }) => (subject === undefined ? [printable(entry)] : [])),
  };
}

function printable(entry: string): string {
  const text = entry.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim();
  if (text === '') return '(an event that names nobody)';
  return text.length > mostLetters ? `${text.slice(0, mostLetters)}…` : text;
}
