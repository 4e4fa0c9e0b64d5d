import type { Approvers, Person, Request } from '../api.ts';
import { printable } from './printable.ts';

/** A person's name, or the id where there is none; printable. */
export function nameOf(person: Person): string {
  return printable(person.name ?? person.id);
}

/** Whose access a request is about, and who asked for it where that is somebody else: `for Erin, asked by Ash`. */
export function whose({ requester, askedBy }: Pick<Request, 'requester' | 'askedBy'>): string {
  if (requester.id === askedBy.id) return nameOf(requester);
  return `for ${nameOf(requester)}, asked by ${nameOf(askedBy)}`;
}

/** Who still has to answer: `Avery or Blake (prod-approvers)`; several rules are joined by `and`. */
export function waitingFor(request: Pick<Request, 'waitingFor'>): string {
  return request.waitingFor.map(oneRule).join(' and ');
}

/** Who answers to one rule: `2 of Avery or Blake or Casey (prod-approvers)`; printable. */
export function oneRule(
  approvers: Pick<Approvers, 'needed' | 'groups' | 'people'> & { readonly whom?: string },
): string {
  const groups = printable(approvers.whom ?? approvers.groups.join(', '));
  const people = approvers.people.map(nameOf);
  const count = approvers.needed > 1 ? `${approvers.needed} of ` : '';
  if (people.length === 0) return `${count}${groups}`;
  const shown = people.length > 6 ? [...people.slice(0, 5), `${people.length - 5} others`] : people;
  return `${count}${shown.join(' or ')} (${groups})`;
}
