import type { Entitlement, Step, Subject, Who } from './types.ts';

/** The name of the only step of a rule that names none. */
export const onlyStep = 'approval';

/** The steps of an approval, in order. */
export function stepsOf({ approve }: Pick<Entitlement, 'approve'>): readonly Step[] {
  if ('steps' in approve) return approve.steps;
  return [{ name: onlyStep, who: { groups: approve.groups }, count: approve.count }];
}

/** What a step is called where it decides: `prod/admin#approve.steps.security`. */
export function stepRule({ id, approve }: Pick<Entitlement, 'id' | 'approve'>, step: Step): string {
  return 'steps' in approve ? `${id}#approve.steps.${step.name}` : `${id}#approve.groups`;
}

/** The same for all of it. */
export function approveRule({ id, approve }: Pick<Entitlement, 'id' | 'approve'>): string {
  return 'steps' in approve ? `${id}#approve.steps` : `${id}#approve.groups`;
}

/**
 * By which part of `who` a person is meant, in words that follow "you are"; null when by none.
 * @param manager OIDC subject of the manager of whoever is to get the access; null when none is known
 */
export function meant(who: Who, subject: Subject, manager: string | null): string | null {
  if (subject.personId === '' || subject.barred !== undefined) return null;
  const group = who.groups?.find((name) => subject.groups.includes(name));
  if (group !== undefined) return `in group ${group}`;
  if (subject.subject !== undefined && subject.subject !== '') {
    if (who.people?.includes(subject.subject) === true) return 'named in it';
    if (who.manager === true && manager === subject.subject) return 'the manager';
  }
  const schedule = who.onCall?.find((name) => subject.onCall?.includes(name) === true);
  return schedule === undefined ? null : `on call in ${schedule}`;
}

/** Whom `who` means, in words: `prod-approvers, 2 named people, the manager or whoever is on call in primary`. */
export function whoText({ groups = [], people = [], manager, onCall = [] }: Who): string {
  const parts = [
    ...groups,
    ...(people.length === 0 ? [] : [`${people.length} named ${people.length === 1 ? 'person' : 'people'}`]),
    ...(manager === true ? ['the manager'] : []),
    ...onCall.map((name) => `whoever is on call in ${name}`),
  ];
  return parts.length === 0 ? 'nobody' : parts.join(', ');
}

/** Everybody that any step may ask, the ones of its escalation too. */
export function everyWho(entitlement: Pick<Entitlement, 'approve'>): Who[] {
  return stepsOf(entitlement).flatMap(({ who, escalate }) =>
    escalate === undefined ? [who] : [who, escalate.who],
  );
}
