import { isAbsolute } from 'node:path';
import type { Static } from 'typebox';
import type { LocatedDocument } from './document.ts';
import { isTimeZone } from './hours.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import {
  entryPattern,
  maxEntryLength,
  maxScheduleNameLength,
  type OnCall,
  scheduleNamePattern,
} from './schema-on-call.ts';

/** An on-call schedule, resolved: where to ask who is on call, and who is meant. */
export interface Schedule {
  /** As conditions say it: `onCall.primary`. */
  readonly name: string;
  readonly source: {
    readonly kind: 'calendar-file' | 'calendar-url' | 'webhook';
    /** An absolute path, or an https URL, which may hold a secret. */
    readonly location: string;
  };
  /** IANA time zone of whole days, and of times that name no zone. */
  readonly zone: string;
  /** OIDC subjects by what the calendar calls the people; empty for a webhook, which answers with subjects. */
  readonly people: Readonly<Record<string, string>>;
}

// Words of the condition language, which onCall.… cannot end with (CEL specification, "Syntax": reserved words).
const reserved = new Set(
  'as break const continue else false for function if import in let loop namespace null package return true var void while'.split(
    ' ',
  ),
);

/** How an entry of a calendar is compared: case, and how it is spaced and encoded, make no difference. */
export function entryKey(entry: string): string {
  return entry.normalize('NFC').trim().replace(/\s+/g, ' ').toLowerCase();
}

/**
 * Notes schedules that cannot be asked, and entries that stand for nobody.
 * @param peopleKeys the keys of the catalog's `people`
 */
export function checkOnCall(document: LocatedDocument, peopleKeys: ReadonlySet<string>): void {
  for (const name of keysOf(document.at(['onCall']))) {
    const path = ['onCall', name];
    if (!new RegExp(scheduleNamePattern).test(name) || name.length > maxScheduleNameLength) {
      document.note(
        path,
        'key',
        `schedule name ${quoted(name)} must be a lower-case letter, then letters and digits, at most ${maxScheduleNameLength}: conditions say onCall.primary`,
      );
    }
    if (reserved.has(name)) {
      document.note(
        path,
        'key',
        `schedule name ${quoted(name)} is a word of the condition language: choose another`,
      );
    }
    const fields = new Set(keysOf(document.at(path)));
    if (fields.has('calendar') === fields.has('webhook')) {
      document.note(path, 'key', `${quoted(name)} needs either 'calendar' or 'webhook': write one of them`);
    } else if (fields.has('calendar')) {
      checkCalendar(document, name);
      checkPeople(document, name, peopleKeys);
    } else {
      checkWebhook(document, name, fields);
    }
  }
}

function checkCalendar(document: LocatedDocument, name: string): void {
  const path = ['onCall', name, 'calendar'];
  const location = document.at(path);
  if (typeof location === 'string' && !isAbsolute(location) && againstUrl(location) !== null) {
    const fault = /^[a-z][a-z0-9+.-]*:/i.test(location)
      ? againstUrl(location)
      : 'is neither an https URL nor an absolute path: begin it with https:// or /';
    document.note(path, 'value', `the calendar of ${quoted(name)} ${fault}`);
  }
  const zone = document.at(['onCall', name, 'zone']);
  if (typeof zone === 'string' && !isTimeZone(zone)) {
    document.note(
      ['onCall', name, 'zone'],
      'value',
      `no time zone is named ${quoted(zone)}: write an IANA name such as Europe/Berlin`,
    );
  }
}

function checkWebhook(document: LocatedDocument, name: string, fields: ReadonlySet<string>): void {
  const path = ['onCall', name, 'webhook'];
  const location = document.at(path);
  const fault = typeof location === 'string' ? againstUrl(location) : null;
  if (fault !== null) document.note(path, 'value', `the webhook of ${quoted(name)} ${fault}`);
  for (const field of ['zone', 'people']) {
    if (!fields.has(field)) continue;
    document.note(
      ['onCall', name, field],
      'key',
      `'${field}' is for calendars: a webhook answers with OIDC subjects and times, take it out`,
    );
  }
}

/** The location is not repeated: the addresses of calendars are secrets. */
function againstUrl(location: string): string | null {
  const url = URL.parse(location);
  if (url === null) return 'is no URL: write https://host/path';
  if (url.protocol !== 'https:') return 'must be an https URL';
  if (url.username !== '' || url.password !== '') return 'carries a user or password: take it out';
  return url.hash === '' ? null : "has a part after '#', which is never sent: take it out";
}

function checkPeople(document: LocatedDocument, name: string, peopleKeys: ReadonlySet<string>): void {
  const path = ['onCall', name, 'people'];
  const people = document.at(path);
  if (people === undefined) {
    document.note(
      ['onCall', name],
      'key',
      `${quoted(name)} needs 'people': say whom each entry of the calendar means`,
    );
  }
  const seen = new Map<string, string>();
  for (const entry of keysOf(people)) {
    const first = seen.get(entryKey(entry));
    if (first !== undefined) {
      document.note(
        [...path, entry],
        'key',
        `${quoted(entry)} is the same entry as ${quoted(first)}: keep one`,
      );
    }
    seen.set(entryKey(entry), entry);
    if (!new RegExp(entryPattern, 'u').test(entry) || entry.length > maxEntryLength) {
      document.note(
        [...path, entry],
        'key',
        `${quoted(entry)} must be one line of text, at most ${maxEntryLength} characters`,
      );
    }
    const person = document.at([...path, entry]);
    if (typeof person !== 'string' || peopleKeys.has(person)) continue;
    document.note(
      [...path, entry],
      'value',
      `nobody is named ${quoted(person)}: add them under people${didYouMean(person, peopleKeys)}`,
    );
  }
}

/**
 * The schedules of a file that checkOnCall found nothing wrong with.
 * @param subjects OIDC subjects by the keys of the catalog's `people`
 * @throws Error on a file that was not checked: it never guesses
 */
export function resolveOnCall(
  entries: Static<typeof OnCall>,
  subjects: ReadonlyMap<string, string>,
): Schedule[] {
  return Object.entries(entries).map(([name, { calendar, webhook, zone = 'UTC', people = {} }]) => {
    const location = calendar ?? webhook;
    if (location === undefined) throw new Error(`schedule ${name} was not checked: no source`);
    const kind = calendar === undefined ? 'webhook' : isAbsolute(calendar) ? 'calendar-file' : 'calendar-url';
    const found = Object.entries(people).map(([entry, person]) => {
      const subject = subjects.get(person);
      if (subject === undefined) throw new Error(`schedule ${name} was not checked: no such person`);
      return [entry, subject] as const;
    });
    return { name, source: { kind, location }, zone, people: Object.fromEntries(found) };
  });
}

function keysOf(value: unknown): string[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}
