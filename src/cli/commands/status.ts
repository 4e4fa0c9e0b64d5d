import type { Grant, Me, Request } from '../api.ts';
import { type Context, show } from '../context.ts';
import { askForMore, warnedBefore } from '../credentials/end-warning.ts';
import { rememberGrants } from '../credentials/remember-grants.ts';
import { nameOf, waitingFor } from '../display/people.ts';
import { facts } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { promptLine } from '../fast-prompt.ts';
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
  await rememberGrants(context, client, url, grants.items, { complete: grants.next === null });
  // Ended ones are listed too while something issued can still be used; they are no longer held.
  const held = grants.items.filter((grant) => grant.state !== 'ended' && grant.state !== 'failed');
  const value = { url, me, grants: held, pending: pending.items, toReview: toReview.items };
  show(context, value, () =>
    facts(
      [
        ['server', url],
        ['you', `${nameOf(me)}, ${me.assurance.level}`],
        ...held.map((grant): [string, string] => ['grant', howItStands(grant, now)]),
        ...pending.items.map((item): [string, string] => [
          'waiting',
          `${item.id} for ${item.entitlements.map(({ id }) => id).join(' ')}: ${waitingFor(item) || 'an answer'}, expires ${formatDistance(item.expiresAt, now)}`,
        ]),
        [
          'to review',
          toReview.items.length === 0 ? 'nothing' : toReview.items.map((item) => item.id ?? '').join(' '),
        ],
      ],
      context.terminal.outColumns,
    ),
  );
}

/** One short line for a shell's prompt, from what is kept: a prompt must never fail, wait, ask, or call the network. */
export function promptStatus(context: Context): void {
  const url = context.url ?? null;
  context.terminal.out(promptLine(context.env, url, context.json, context.now().getTime()));
}

// With what to do about it, when there is little left.
function howItStands({ entitlement, state, endsAt }: Grant, now: Date): string {
  if (state === 'ending') return `${entitlement} ${state}`;
  const ends = `${entitlement} ${state}, ends ${formatDistance(endsAt, now)}`;
  const left = (Date.parse(endsAt) - now.getTime()) / 1000;
  return left <= warnedBefore ? `${ends}: ${askForMore(entitlement)}` : ends;
}
