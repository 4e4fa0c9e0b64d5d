import type { Who } from './rights.ts';
import { bearer, type Persona, type World } from './world.ts';

/** Somebody who calls: what they carry, and what the oracle knows of them. */
export interface Actor {
  readonly name: string;
  readonly persona: Persona | null;
  readonly who: Who;
}

/** Everybody of the matrix, and somebody for the hidden things. */
export interface Cast {
  readonly nobody: Actor;
  readonly stranger: Actor;
  readonly requester: Actor;
  readonly colleague: Actor;
  readonly approver: Actor;
  readonly auditor: Actor;
  readonly operator: Actor;
  readonly deactivated: Actor;
  readonly keeper: Actor;
  readonly keeperApprover: Actor;
}

export async function gather(world: World): Promise<Cast> {
  const actor = async (name: string, groups: string[]): Promise<Actor> => {
    const persona = await world.person(name, groups);
    return { name, persona, who: { id: persona.id, groups } };
  };
  const deactivated = await actor('deactivated', ['engineers', 'approvers', 'auditors', 'operators']);
  await world.sql('UPDATE people SET deactivated_at = $2 WHERE id = $1', [
    deactivated.who?.id,
    world.deps.clock(),
  ]);
  return {
    nobody: { name: 'nobody', persona: null, who: null },
    stranger: await actor('stranger', ['others']),
    requester: await actor('requester', ['engineers']),
    colleague: await actor('colleague', ['engineers']),
    approver: await actor('approver', ['approvers']),
    auditor: await actor('auditor', ['auditors']),
    operator: await actor('operator', ['operators']),
    // Signed in and deactivated since: worth nobody.
    deactivated: { ...deactivated, who: null },
    keeper: await actor('keeper', ['vault-people']),
    keeperApprover: await actor('keeperApprover', ['vault-approvers']),
  };
}

/** A bearer token for those who have one. */
export const credentials = (actor: Actor): Record<string, string> =>
  actor.persona === null ? {} : bearer(actor.persona);

let addresses = 0;
/** Another address for each call, so that the limit for one is not what is tested. */
export function anAddress(): string {
  addresses += 1;
  return `10.${(addresses >> 16) & 255}.${(addresses >> 8) & 255}.${addresses & 255}`;
}
