import type { CallContext } from '../audit/event.ts';
import { newId } from '../db/ids.ts';
import type { Secret } from '../keys/secret.ts';
import type { SignInPurpose } from './attempt.ts';
import type { Assurance } from './caller.ts';
import type { CallMeta, IdentityDeps } from './deps.ts';
import { writeSignIn } from './new-sign-in.ts';
import type { PersonClaims } from './person-claims.ts';
import { findPersonId, rememberPerson } from './remember-person.ts';
import { strangerContext } from './stranger.ts';

export interface ProvenPerson {
  readonly person: PersonClaims;
  readonly assurance: Assurance;
  readonly purpose: SignInPurpose;
  /** The session token that this sign-in takes the place of in the same browser, or null. */
  readonly replaces: string | null;
}

/**
 * Person, sign-in and event in one commit. Returns the session token of a browser, or the authorization code of a command-line
 * client; null for somebody deactivated, which is recorded too.
 */
export async function signInPerson(
  deps: Pick<IdentityDeps, 'db' | 'clock' | 'transact' | 'tokenSeconds'>,
  { person, purpose, assurance, replaces }: ProvenPerson,
  meta: CallMeta,
): Promise<Secret<string> | null> {
  let personId = (await findPersonId(deps.db, person)) ?? newId('prs', deps.clock());
  for (;;) {
    const context: CallContext = { ...strangerContext(meta), actor: { type: 'person', id: personId } };
    const outcome = await deps.transact(context, async (work) => {
      const written = await rememberPerson(work.queries, personId, person, work.now);
      // The same person signed in for the first time elsewhere, just now: the events must name the id they got there.
      if (written.id !== personId) return { is: written.id };
      if (!written.active) {
        const details = { reason: 'deactivated', client: purpose.client };
        work.audit({ kind: 'signin.failed', outcome: 'denied', details });
        return { made: null };
      }
      const groups = { before: written.groupsBefore, after: person.groups };
      return { made: await writeSignIn(deps, work, { personId, purpose, assurance, groups, replaces }) };
    });
    if ('made' in outcome) return outcome.made;
    personId = outcome.is;
  }
}
