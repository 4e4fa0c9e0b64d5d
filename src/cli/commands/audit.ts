import type { AuditEvent } from '../api.ts';
import { type Context, show } from '../context.ts';
import { table } from '../display/table.ts';
import { formatTime } from '../display/time.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';

/** Filters by the API's own names. */
export const auditFilters = [
  'actor',
  'subject',
  'entitlement',
  'account',
  'request',
  'grant',
  'session',
  'accessKeyId',
  'kind',
  'outcome',
  'from',
  'to',
] as const;

export type AuditOptions = Partial<Record<(typeof auditFilters)[number], string>> & {
  readonly limit: number;
};

/** The audit log, newest first. For auditors; reading is recorded. */
export async function audit(context: Context, options: AuditOptions): Promise<void> {
  const client = await connect(context);
  const query = Object.fromEntries(auditFilters.map((name) => [name, options[name]]));
  const page = await readPages<AuditEvent>(client, '/v1/audit/events', query, options.limit);
  const rows = page.items.map((event) => [
    formatTime(event.time),
    event.kind,
    event.outcome,
    event.actor.name ?? event.actor.id ?? event.actor.type,
    event.entitlement ?? '',
    event.session ?? event.grant ?? event.request ?? event.subject ?? '',
  ]);
  show(context, page, () =>
    rows.length === 0
      ? 'No such events.\n'
      : table(['time', 'kind', 'outcome', 'who', 'entitlement', 'about'], rows, {
          columns: context.terminal.outColumns,
          whole: ['time', 'outcome', 'about'],
        }),
  );
  if (page.next !== null && !context.json) {
    context.terminal.err(
      `There are more than these ${options.limit}: add --limit, or narrow with --from and --to.\n`,
    );
  }
}
