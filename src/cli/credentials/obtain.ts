import type { Grant } from '../api.ts';
import { dropCredentials, keepCredentials } from '../cache/keep.ts';
import { isFresh, isUsable, type Kept, readKept } from '../cache/kept-credentials.ts';
import { underLock } from '../cache/lock.ts';
import { lockFile } from '../settings/paths.ts';
import { currentSignIn, signInOf } from '../cache/sign-in-folder.ts';
import type { Context } from '../context.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { processOutput } from './format.ts';
import { issueCredentials } from './issue.ts';
import { rememberGrants } from './remember-grants.ts';
import { lookAgainAt, renewAt } from './renewal.ts';

/** What `creds` and `exec` hand out; the grant as well as it was when they were issued. */
export type Obtained = Pick<Kept, 'session' | 'credentials' | 'grant'>;

/**
 * What is kept for whoever is signed in to a server, under this grant where one is named, as long as nothing longer is to be asked
 * for; undefined otherwise.
 */
export function obtainKept(
  context: Context,
  url: string,
  entitlement: string,
  grantId?: string,
): Kept | undefined {
  const kept = keptFor(context, url, entitlement);
  if (kept === null || !isFresh(kept, context.now().getTime())) return undefined;
  return grantId === undefined || kept.grant.id === grantId ? kept : undefined;
}

/**
 * Credentials for an entitlement: those that are kept, or new ones under the grant that `find` finds. Of many that ask at the
 * same time, one fetches and the others wait for it. While the server cannot be asked, what is kept is used to its end.
 * Throws what `find` throws, and CliError.
 */
export async function obtainCredentials(
  context: Context,
  client: Client,
  wanted: {
    readonly url: string;
    readonly entitlement: string;
    /** Only under this grant; any where it is left out. */
    readonly grantId?: string;
    find(): Promise<Grant>;
  },
): Promise<Obtained> {
  const { url, entitlement } = wanted;
  return underLock<Obtained>(
    lockFile(context.env, url, entitlement),
    () => obtainKept(context, url, entitlement, wanted.grantId),
    async () => {
      const before = keptFor(context, url, entitlement);
      try {
        const grant = await wanted.find();
        const found = signInOf(context.env, url, client.token ?? '');
        await rememberGrants(context, client, url, [grant], { complete: false });
        if (before?.signIn === found.name && isLongest(before, grant, context.now())) {
          return await keepOn(context, before);
        }
        const issued = await issueCredentials(client, grant);
        const times = {
          now: context.now().getTime(),
          expiresAt: Date.parse(issued.credentials.expiration),
          grantEndsAt: Date.parse(grant.endsAt),
        };
        // A step-up meanwhile has made it another sign-in.
        const signIn = signInOf(context.env, url, client.token ?? '');
        const kept: Kept = {
          version: 1,
          url,
          signIn: signIn.name,
          entitlement,
          grant: { id: grant.id, endsAt: grant.endsAt },
          ...issued,
          line: processOutput(issued.credentials),
          keptAt: new Date(times.now).toISOString(),
          renewAt: new Date(renewAt(times)).toISOString(),
        };
        await keepCredentials(context.env, signIn, kept);
        return kept;
      } catch (error) {
        return whatIsLeft(context, wanted, error);
      }
    },
  );
}

function keptFor(context: Context, url: string, entitlement: string): Kept | null {
  const signIn = currentSignIn(context.env, url);
  return signIn === null ? null : readKept(signIn, url, entitlement);
}

// They end with the grant, which is still the one that lasts longest: new ones would end at the same time.
function isLongest(kept: Kept, grant: Grant, now: Date): boolean {
  const end = Date.parse(kept.credentials.expiration);
  return kept.grant.id === grant.id && Date.parse(grant.endsAt) - end < 1000 && isUsable(kept, now.getTime());
}

async function keepOn(context: Context, kept: Kept): Promise<Kept> {
  const now = context.now();
  const again = {
    ...kept,
    keptAt: now.toISOString(),
    renewAt: new Date(lookAgainAt(now.getTime())).toISOString(),
  };
  const signIn = currentSignIn(context.env, kept.url);
  if (signIn?.name === kept.signIn) await keepCredentials(context.env, signIn, again);
  return again;
}

// There is no grant any more, or nobody who is signed in.
const overCodes = new Set<number>([exitCodes.denied, exitCodes.pending, exitCodes.signInNeeded]);

async function whatIsLeft(
  context: Context,
  wanted: { readonly url: string; readonly entitlement: string; readonly grantId?: string },
  error: unknown,
): Promise<Obtained> {
  // Looked at anew: somebody may have ended the grant or signed out while the server was being asked.
  const kept = keptFor(context, wanted.url, wanted.entitlement);
  if (kept === null || !(error instanceof CliError)) throw error;
  if (error.exitCode === exitCodes.unavailable && isUsable(kept, context.now().getTime())) {
    if (wanted.grantId !== undefined && kept.grant.id !== wanted.grantId) throw error;
    return keepOn(context, kept);
  }
  if (!overCodes.has(error.exitCode)) throw error;
  const signIn = currentSignIn(context.env, wanted.url);
  if (signIn !== null) await dropCredentials(signIn, wanted.entitlement);
  throw error;
}
