/** An iCalendar file of the given events, each a list of lines; other components are given whole. */
export function ics(...events: readonly (readonly string[])[]): string {
  return [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//test//EN',
    ...events.flatMap((lines) =>
      lines[0]?.startsWith('BEGIN:') ? lines : ['BEGIN:VEVENT', ...lines, 'END:VEVENT'],
    ),
    'END:VCALENDAR',
    '',
  ].join('\r\n');
}
