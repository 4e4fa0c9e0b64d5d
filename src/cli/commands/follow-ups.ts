import type { FollowUp } from '../api.ts';
import { type Context, show } from '../context.ts';
import { nameOf } from '../display/people.ts';
import { facts, table } from '../display/table.ts';
import { formatDistance, formatTime } from '../display/time.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';

export interface FollowUpsOptions {
  readonly mine?: true;
  readonly all?: true;
  readonly state?: string;
  readonly limit: number;
}
export interface DoneOptions {
  readonly verdict?: string;
  readonly because?: string;
}

/** Uses of break-glass that I am to look at; those of my own; or all that I may see. */
export async function followUps(context: Context, options: FollowUpsOptions): Promise<void> {
  const client = await connect(context);
  const whose = options.mine === true ? { mine: true } : options.all === true ? {} : { toDo: true };
  const query = { ...whose, state: options.state };
  const page = await readPages<FollowUp>(client, '/v1/follow-ups', query, options.limit);
  const now = context.now();
  show(context, page, () => {
    if (page.items.length === 0) return 'No follow-ups.\n';
    const rows = page.items.map((one) => [
      one.id,
      one.verdict ?? one.state,
      nameOf(one.person),
      one.entitlement,
      formatDistance(one.usedAt, now),
      one.state === 'done' ? '' : formatDistance(one.dueAt, now),
      one.state === 'done' && one.doneBy !== null ? nameOf(one.doneBy) : one.whom,
      one.reason ?? '',
    ]);
    return table(['follow-up', 'state', 'who', 'access', 'used', 'due', 'looked at by', 'because'], rows, {
      columns: context.terminal.outColumns,
      whole: ['follow-up', 'state', 'used', 'due'],
    });
  });
}

/** Says what I found when I looked at a use. Throws CliError 2 without a verdict or words. */
export async function followUpDone(context: Context, id: string, options: DoneOptions): Promise<void> {
  const { verdict, because } = options;
  if (verdict === undefined || because === undefined || because.trim() === '') {
    throw new CliError(
      exitCodes.usage,
      'say what you found: add --verdict justified or --verdict not-justified, and --because "…"',
    );
  }
  const client = await connect(context);
  const done = await client.call<FollowUp>({
    method: 'POST',
    path: `/v1/follow-ups/${encodeURIComponent(id)}/done`,
    body: { verdict, comment: because },
  });
  show(context, done, () =>
    facts(
      [
        ['follow-up', done.id],
        ['found', done.verdict ?? done.state],
        ['who', nameOf(done.person)],
        ['access', `${done.entitlement} in ${done.account.name} (${done.account.id})`],
        ['used', formatTime(done.usedAt)],
        ['in words', done.comment ?? ''],
      ],
      context.terminal.outColumns,
    ),
  );
}
