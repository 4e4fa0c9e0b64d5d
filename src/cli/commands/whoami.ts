import type { Me } from '../api.ts';
import { type Context, show } from '../context.ts';
import { facts } from '../display/table.ts';
import { formatDistance } from '../display/time.ts';
import { connect } from '../server/connect.ts';

export async function whoami(context: Context): Promise<void> {
  const client = await connect(context);
  const me = await client.call<Me>({ method: 'GET', path: '/v1/me' });
  const now = context.now();
  const roles = [me.roles.auditor ? 'auditor' : '', me.roles.operator ? 'operator' : ''].filter(
    (role) => role !== '',
  );
  show(context, me, () =>
    facts(
      [
        ['name', me.name ?? '(none)'],
        ['id', me.id],
        ['groups', me.groups.join(', ')],
        ['roles', roles.join(', ') || 'none'],
        ['assurance', `${me.assurance.level}, proven ${formatDistance(me.assurance.authenticatedAt, now)}`],
        [
          'signed in',
          me.signIn.expiresAt === null
            ? 'without end'
            : `expires ${formatDistance(me.signIn.expiresAt, now)}`,
        ],
      ],
      context.terminal.outColumns,
    ),
  );
}
