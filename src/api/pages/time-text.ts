import { html, type Html } from './html.ts';

/** A time, for people and for machines. The zone is said, as it need not be the reader's. */
export function timeText(iso: string): Html {
  return html`<time datetime="${iso}">${`${day(iso)} ${minute(iso)}`} UTC</time>`;
}

/** From when to when: the day is said once when both are on it. */
export function periodText(start: string, end: string): Html {
  if (day(start) !== day(end)) return html`${timeText(start)} to ${timeText(end)}`;
  return html`<time datetime="${start}">${`${day(start)} ${minute(start)}`}</time> to <time datetime="${end}">${minute(end)} UTC</time>`;
}

/** A length in seconds as people say it: `1 h 30 min`. Never shorter than it is: parts of a minute count as one. */
export function lengthText(seconds: number): string {
  const minutes = Math.max(0, Math.ceil(seconds / 60));
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours === 0) return `${minutes} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}

/** How long is left until `iso`, whole minutes, rounded down so that nobody counts on more than there is. */
export function timeLeft(iso: string, now: Date): string {
  const minutes = Math.floor((new Date(iso).getTime() - now.getTime()) / 60_000);
  if (minutes < 1) return 'less than a minute left';
  return `${lengthText(minutes * 60)} left`;
}

function day(iso: string): string {
  return iso.slice(0, 10);
}

function minute(iso: string): string {
  return iso.slice(11, 16);
}
