import { EgressRefused } from '../../egress/refused.ts';
import type { SignedCall } from '../../egress/signed-call.ts';
import { noticeMessage } from './notice-message.ts';
import {
  type ClaimedNotice,
  claimNotices,
  forgetDelivered,
  type NoticeRowsDeps,
  recordDelivered,
  recordFailure,
} from './notice-rows.ts';

export interface DeliverDeps extends NoticeRowsDeps {
  readonly call: SignedCall;
  readonly publicUrl: URL;
  /** Told of a notice that could not be put together, for the log. What was not taken is told in the result. */
  readonly report: (error: unknown, notice: string) => void;
}

export interface Delivery {
  readonly delivered: number;
  readonly failed: number;
  /** What stood in the way of the last one that failed; null when none did. Holds nothing secret. */
  readonly failure: string | null;
}

// At once, so that one that hangs holds up few others, and a round is over when a stop waits for it.
const batch = 8;
const longestRoundMs = 2_000;

// Of the receiver and not of the notice: the next one would meet the same.
const away = new Set([
  'EGRESS_URL',
  'EGRESS_NAME',
  'EGRESS_ADDRESS',
  'EGRESS_UNREACHABLE',
  'EGRESS_CERTIFICATE',
  'EGRESS_TIME',
]);

/**
 * Sends every notice that is due, by the rows alone: on several replicas at the same time, each notice from one of them. The
 * call goes out between transactions; should the process die before it is recorded, the notice is sent again under the same id.
 * It is tried for as long as it takes. One that is not taken holds up no other; where nobody is there, the rest waits for the
 * next round.
 * @throws AggregateError, after the rest is done, when outcomes could not be recorded
 */
export async function deliverNotices(deps: DeliverDeps): Promise<Delivery> {
  const until = deps.clock().getTime() + longestRoundMs;
  let delivered = 0;
  let failed = 0;
  let failure: string | null = null;
  do {
    const claimed = await claimNotices(deps, batch);
    if (claimed.length === 0) break;
    const settled = await Promise.allSettled(claimed.map((notice) => deliver(deps, notice)));
    const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    if (errors.length > 0) throw new AggregateError(errors, 'what became of notices could not be recorded');
    const failures = settled.flatMap((one) => (one.status === 'fulfilled' ? (one.value ?? []) : []));
    delivered += claimed.length - failures.length;
    failed += failures.length;
    failure = failures.at(-1)?.failure ?? failure;
    if (failures.filter((one) => one.away).length === claimed.length) break;
  } while (deps.clock().getTime() < until);
  await forgetDelivered(deps);
  return { delivered, failed, failure };
}

interface Failure {
  readonly failure: string;
  readonly away: boolean;
}

/** Null when it was delivered. */
async function deliver(deps: DeliverDeps, notice: ClaimedNotice): Promise<Failure | null> {
  const failure = await send(deps, notice);
  await (failure === null ? recordDelivered(deps, notice) : recordFailure(deps, notice, failure));
  return failure;
}

async function send(deps: DeliverDeps, notice: ClaimedNotice): Promise<Failure | null> {
  try {
    await deps.call({ id: notice.id, body: await noticeMessage(deps.db, notice, deps.publicUrl) });
    return null;
  } catch (error) {
    if (error instanceof EgressRefused) return { failure: error.message, away: away.has(error.code) };
    deps.report(error, notice.id);
    return { failure: 'It could not be put together: see the log.', away: false };
  }
}
