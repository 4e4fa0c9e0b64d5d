import type { Schedule } from '../catalog/on-call.ts';
import type { Clock } from '../db/clock.ts';
import type { Egress } from '../egress/egress.ts';
import { askCalendar, type Reading } from './ask-calendar.ts';
import { askWebhook, type SignedCall } from './ask-webhook.ts';
import { limited } from './limited.ts';
import type { OnCall } from './on-call.ts';
import type { ReadFile } from './read-file.ts';
import { type Snapshot, stateOf } from './snapshot.ts';
import type { Timeline } from './timeline.ts';

export interface OnCallDeps {
  /** Those of the catalog in force: looked at anew each time. */
  readonly schedules: () => readonly Schedule[];
  readonly egress: Egress;
  /** Null: there is no ON_CALL_WEBHOOK_SECRET, and webhooks are not asked. */
  readonly signedCall: SignedCall | null;
  readonly readFile: ReadFile;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Told once when something goes wrong with a schedule, again when it goes wrong otherwise, and null when it is well again. */
  readonly report: (schedule: string, problem: string | null) => void;
  readonly times?: Partial<Times>;
}

/** In milliseconds. */
interface Times {
  /** From one question to the next, on average; each is up to a fifth sooner or later. */
  readonly everyMs: number;
  /** How long an answer is relied on. */
  readonly staleMs: number;
  /** How long one schedule may take. */
  readonly limitMs: number;
}

const standardTimes: Times = { everyMs: 30_000, staleMs: 300_000, limitMs: 10_000 };

export interface RefreshedOnCall extends OnCall {
  /** Asks every schedule now, and waits. Never rejects: what goes wrong is reported. */
  refresh(): Promise<void>;
  /** Asks the schedules that are due, and waits. */
  sweep(): Promise<void>;
  /** Waits for no source any more. */
  stop(): void;
}

/** The on-call port: a snapshot in the memory of this process, refreshed by its sweep. */
export function createOnCall(deps: OnCallDeps): RefreshedOnCall {
  const times = { ...standardTimes, ...deps.times };
  const stopping = new AbortController();
  // By all that a schedule says: one that was changed in the catalog is another, whatever its name.
  let snapshots: ReadonlyMap<string, Snapshot> = new Map();
  const underWay = new Map<string, Promise<void>>();

  const askOne = async (schedule: Schedule, key: string): Promise<void> => {
    const last = snapshots.get(key);
    const now = deps.clock().getTime();
    const due = now + times.everyMs * (0.8 + 0.4 * deps.random());
    const base = { answer: null, reading: null, since: now, problem: null, ...last, due };
    let next: Snapshot;
    try {
      const { timeline, reading } = await limited(times.limitMs, stopping.signal, (signal) =>
        ask(deps, schedule, { last: base.reading, now, staleMs: times.staleMs, signal }),
      );
      next = { ...base, answer: { timeline, at: now }, reading, problem: unmappedIn(timeline) };
    } catch (error) {
      next = { ...base, problem: error instanceof Error ? error.message : 'it failed' };
    }
    if (stopping.signal.aborted) return;
    if (next.problem !== base.problem) deps.report(schedule.name, next.problem);
    snapshots = new Map([...snapshots, [key, next]]);
  };

  const start = (schedule: Schedule, key: string): Promise<void> => {
    const current = underWay.get(key) ?? askOne(schedule, key).finally(() => underWay.delete(key));
    underWay.set(key, current);
    return current;
  };

  const round = async (isWanted: (snapshot: Snapshot | undefined) => boolean): Promise<void> => {
    const schedules = new Map(deps.schedules().map((schedule) => [keyOf(schedule), schedule]));
    snapshots = new Map([...snapshots].filter(([key]) => schedules.has(key)));
    const wanted = [...schedules].filter(([key]) => isWanted(snapshots.get(key)));
    await Promise.all(wanted.map(([key, schedule]) => start(schedule, key)));
  };

  return {
    at(time) {
      const when = { time: time.getTime(), now: deps.clock().getTime(), staleMs: times.staleMs };
      return new Map(
        deps
          .schedules()
          .map((schedule) => [schedule.name, stateOf(schedule, snapshots.get(keyOf(schedule)), when)]),
      );
    },
    refresh: () => round(() => true),
    sweep: () => round((snapshot) => snapshot === undefined || snapshot.due <= deps.clock().getTime()),
    stop: () => stopping.abort(),
  };
}

interface Question {
  readonly last: Reading | null;
  readonly now: number;
  readonly staleMs: number;
  readonly signal: AbortSignal;
}

async function ask(
  deps: OnCallDeps,
  schedule: Schedule,
  { last, now, staleMs, signal }: Question,
): Promise<{ timeline: Timeline; reading: Reading | null }> {
  if (schedule.source.kind !== 'webhook') {
    const reading = await askCalendar(deps, schedule, last, now, signal);
    return { timeline: reading.timeline, reading };
  }
  if (deps.signedCall === null) throw new Error('set ON_CALL_WEBHOOK_SECRET: webhooks are asked signed only');
  return { timeline: await askWebhook(deps.signedCall, schedule, now, staleMs), reading: null };
}

/** Told before the shift of whoever is meant begins. */
function unmappedIn({ segments }: Timeline): string | null {
  const entries = [...new Set(segments.flatMap(({ unmapped }) => unmapped))].sort();
  if (entries.length === 0) return null;
  const shown = entries.slice(0, 10).map((entry) => JSON.stringify(entry));
  const more = entries.length > shown.length ? ` and ${entries.length - shown.length} more` : '';
  return `people of the schedule names nobody for ${shown.join(', ')}${more}: add them, or take them out of the calendar`;
}

const keys = new WeakMap<Schedule, string>();

function keyOf(schedule: Schedule): string {
  const known = keys.get(schedule);
  if (known !== undefined) return known;
  const { name, source, zone, people } = schedule;
  const key = JSON.stringify([name, source.kind, source.location, zone, people]);
  keys.set(schedule, key);
  return key;
}
