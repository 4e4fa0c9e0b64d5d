/** A calendar that is not believed. The message is for operators: it says what to mend and repeats nothing of the file. */
export class CalendarRefused extends Error {
  override readonly name = 'CalendarRefused';
}
