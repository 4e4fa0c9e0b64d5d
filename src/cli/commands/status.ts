import type { Grant, Me, Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { nameOf } from '../display/people.ts';
import { printable } from '../display/printable.ts';
import { facts } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { formatDuration } from '../duration.ts';
import { CliError } from '../exit.ts';
import { connect } from '../server/connect.ts';
import { readPages } from '../server/pages.ts';
import { chooseServer } from '../settings/server-url.ts';

/** Who I am, what I hold, what I wait for and what waits for me. */
export async function status(context: Context): Promise<void> {
  const client = await connect(context);
  const url = await chooseServer(context);
  // The first alone: should it need a sign-in, it is asked for once.
  const me = await client.call<Me>({ method: 'GET', path: '/v1/me' });
  const [grants, pending, toReview] = await Promise.all([
    readPages<Grant>(client, '/v1/grants', { mine: true, stillLive: true }, 100),
    readPages<Request>(client, '/v1/requests', { mine: true, state: 'pending' }, 100),
    readPages<Request>(client, '/v1/requests', { toReview: true }, 100),
  ]);
  const now = context.now();
  // Ended ones are listed too while something issued can still be used; they are no longer held.
  const held = grants.items.filter((grant) => grant.state !== 'ended' && grant.state !== 'failed');
  const value = { url, me, grants: held, pending: pending.items, toReview: toReview.items };
  show(context, value, () =>
    facts([
      ['server', url],
      ['you', `${nameOf(me)}, ${me.assurance.level}`],
      ...held.map((grant): [string, string] => [
        'grant',
        `${grant.entitlement} ${grant.state}${grant.state === 'ending' ? '' : `, ends ${formatDistance(grant.endsAt, now)}`}`,
      ]),
      ...pending.items.map((item): [string, string] => [
        'waiting',
        `${item.id} for ${item.entitlements.map(({ id }) => id).join(' ')}`,
      ]),
      [
        'to review',
        toReview.items.length === 0 ? 'nothing' : toReview.items.map((item) => item.id ?? '').join(' '),
      ],
    ]),
  );
}

/**
 * One short line for a shell's prompt: active grants and the time they have left; nothing when there are none or the server
 * cannot be asked. A prompt must never fail, wait or ask.
 */
export async function promptStatus(context: Context): Promise<void> {
  const quiet: Context = { ...context, terminal: { ...context.terminal, person: false } };
  try {
    const client = await connect(quiet);
    const { items } = await client.call<{ items: readonly Grant[] }>({
      method: 'GET',
      path: '/v1/grants',
      query: { mine: true, state: 'active' },
      timeoutMs: 1_000,
    });
    const left = items.map((grant) => ({
      entitlement: grant.entitlement,
      seconds: Math.floor((Date.parse(grant.endsAt) - context.now().getTime()) / 1000),
    }));
    show(context, left, () => (left.length === 0 ? '' : `${left.map(inShort).join(' ')}\n`));
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
  }
}

function inShort({ entitlement, seconds }: { entitlement: string; seconds: number }): string {
  return `${printable(entitlement)}:${formatDuration(seconds >= 60 ? seconds - (seconds % 60) : seconds)}`;
}
