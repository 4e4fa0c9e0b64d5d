import { Type as T } from 'typebox';

// Where Daypass learns who is on call: its part of the file's shape.

const closed = { additionalProperties: false };
/** Conditions say onCall.primary, so the name must be one that CEL takes. */
export const scheduleNamePattern = '^[a-z][a-zA-Z0-9]*$';
export const maxScheduleNameLength = 50;
/** One line that is not blank. */
export const entryPattern = '^\\P{C}*[^\\s\\p{C}]\\P{C}*$';
export const maxEntryLength = 256;

const location = (title: string, description: string) =>
  T.String({ title, description, minLength: 1, maxLength: 2000, pattern: '^[^\\s\\p{C}]*$' });

const entries = T.Record(
  T.String(),
  T.String({ title: 'the name of a person under people', minLength: 1, maxLength: 256 }),
  {
    title: 'a map from entries of the calendar to names under people',
    description:
      'Whom the calendar means: the address of an attendee, or the whole summary of an event that has none, and the name of a person under `people`. What is not listed is nobody.',
    propertyNames: { pattern: entryPattern, maxLength: maxEntryLength },
    minProperties: 1,
    maxProperties: 1000,
  },
);

const schedule = T.Object(
  {
    calendar: T.Optional(
      location(
        'an https URL or an absolute path of an iCalendar file',
        'An iCalendar file whose events say who is on call: an https URL, or an absolute path on the machine that Daypass runs on.',
      ),
    ),
    webhook: T.Optional(
      location(
        'an https URL',
        'An address that answers a signed question with the OIDC subjects of those who are on call.',
      ),
    ),
    zone: T.Optional(
      T.String({
        title: 'a time zone such as Europe/Berlin',
        description: 'An IANA time zone: that of whole days in the calendar, and of times that name no zone.',
        default: 'UTC',
      }),
    ),
    people: T.Optional(entries),
  },
  { ...closed, title: 'a map with calendar and people, or with webhook' },
);

/** The catalog's `onCall`. */
export const OnCall = T.Record(T.String(), schedule, {
  title: 'a map of on-call schedules',
  description: 'On-call schedules, by the name that steps and conditions use.',
  propertyNames: { pattern: scheduleNamePattern, maxLength: maxScheduleNameLength },
  minProperties: 1,
  maxProperties: 50,
});
