import type { Grant, Request } from '../api.ts';
import { dropAllBut, dropCredentials, keepGrants } from '../cache/keep.ts';
import type { KnownGrant } from '../cache/known-grants.ts';
import { signInOf } from '../cache/sign-in-folder.ts';
import type { Context } from '../context.ts';
import type { Client } from '../server/client.ts';

type Seen = KnownGrant & Pick<Grant, 'state'>;

/**
 * Keeps for the shell's prompt those of my grants that can be used or will be. With `complete` there are no others: then what was
 * issued under any other, ended elsewhere perhaps, is not handed out any more.
 */
export async function rememberGrants(
  context: Context,
  client: Client,
  url: string,
  seen: readonly Seen[],
  { complete }: { readonly complete: boolean },
): Promise<void> {
  if (client.token === null) return;
  const signIn = signInOf(context.env, url, client.token);
  const usable: readonly Grant['state'][] = ['scheduled', 'activating', 'active'];
  const grants = seen.filter(({ state }) => usable.includes(state));
  await keepGrants(context.env, signIn, grants, { complete, now: context.now() });
  if (complete) {
    await dropAllBut(
      signIn,
      grants.map(({ id }) => id),
    );
  }
}

/** Whoever asks anew may have lost what is kept, without this computer knowing: the next `creds` looks for the grant again. */
export async function lookAnew(
  context: Context,
  client: Client,
  url: string,
  request: Pick<Request, 'entitlements'>,
): Promise<void> {
  if (client.token === null) return;
  const signIn = signInOf(context.env, url, client.token);
  for (const { id } of request.entitlements) await dropCredentials(signIn, id);
}
