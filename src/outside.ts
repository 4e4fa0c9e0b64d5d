import type { Logger } from 'pino';
import type { TicketValidator } from './approvals/tickets.ts';
import type { Transact } from './audit/unit-of-work.ts';
import type { Schedule } from './catalog/on-call.ts';
import { createNoticeChannel } from './channels/webhook/notice-channel.ts';
import { createTicketValidator } from './channels/webhook/ticket-validator.ts';
import type { Config } from './config.ts';
import type { Clock } from './db/clock.ts';
import type { Database } from './db/pool.ts';
import { createEgress } from './egress/egress.ts';
import { createSignedCall } from './egress/signed-call.ts';
import { createOnCall } from './on-call/create.ts';
import { readSmallFile } from './on-call/read-file.ts';

interface Own {
  readonly db: Database;
  readonly transact: Transact;
  readonly clock: Clock;
}

/**
 * What Daypass asks, and whom it tells, at addresses that people configure: who is on call, whether a ticket is good, and notices.
 * All of it goes through the one way out.
 * @param schedules those of the catalog in force
 */
export function createOutside(config: Config, own: Own, schedules: () => readonly Schedule[], log: Logger) {
  const { clock } = own;
  const { egressAllow } = config.oidc;
  const secret = config.onCallWebhookSecret;
  const onCall = createOnCall({
    schedules,
    egress: createEgress({ allow: egressAllow }),
    signedCall:
      secret === null
        ? null
        : ({ url, ...message }) =>
            createSignedCall({ url: new URL(url), secret, clock, egressAllow })(message),
    readFile: readSmallFile,
    clock,
    random: Math.random,
    report: (schedule, problem) =>
      problem === null
        ? log.info({ schedule }, 'on-call schedule is well again')
        : log.warn({ schedule, problem }, 'on-call schedule'),
  });
  const notices = createNoticeChannel({
    ...own,
    webhook: config.notifyWebhook,
    egressAllow,
    publicUrl: config.publicUrl,
    random: Math.random,
    report: (error, notice) => log.error({ err: error, notice }, 'fault in a notice'),
    refused: (delivery) => log.warn(delivery, 'notices were not taken'),
    alarm: (measures) => log.error(measures, 'notices wait for more than 15 minutes'),
  });
  const tickets: TicketValidator | null =
    config.ticketValidator === null
      ? null
      : createTicketValidator({
          call: createSignedCall({ ...config.ticketValidator, clock, egressAllow }),
          clock,
          report: (error) => log.warn({ err: error }, 'ticket validator'),
        });
  return { onCall, notices, tickets };
}
