import { type Notify, notify, notifyNobody } from '../../approvals/notice.ts';
import { createNoticeAlarm, type NoticeAlarmDeps } from '../../approvals/notice-alarm.ts';
import { createSignedCall, type SignedCallOptions } from '../../egress/signed-call.ts';
import { type DeliverDeps, type Delivery, deliverNotices } from './deliver-notices.ts';

export interface NoticeChannelDeps extends Omit<DeliverDeps, 'call'>, NoticeAlarmDeps {
  /** Where notices are sent; null: nowhere. */
  readonly webhook: Pick<SignedCallOptions, 'url' | 'secret'> | null;
  readonly egressAllow: readonly string[];
  /** Told when notices were not taken, for the log. */
  readonly refused: (delivery: Delivery) => void;
}

/** How people are told. Without a webhook nobody is, and nothing is written. */
export interface NoticeChannel {
  readonly notify: Notify;
  /** Sends what is due. */
  sweep(): Promise<void>;
  /** Raises the alarm when people are not told. */
  look(): Promise<void>;
}

/** Throws an Error when the webhook's secret is none. */
export function createNoticeChannel({ webhook, egressAllow, ...deps }: NoticeChannelDeps): NoticeChannel {
  if (webhook === null) {
    return { notify: notifyNobody, sweep: () => Promise.resolve(), look: () => Promise.resolve() };
  }
  const call = createSignedCall({ ...webhook, clock: deps.clock, egressAllow });
  const alarm = createNoticeAlarm(deps);
  return {
    notify,
    async sweep() {
      const delivery = await deliverNotices({ ...deps, call });
      if (delivery.failed > 0) deps.refused(delivery);
    },
    look: () => alarm.look(),
  };
}
