import { mayApprove } from './answering-model.ts';
import { type Group, type Name, names } from './catalog.ts';
import { isOpen, type Model, type Request, type Seen } from './model.ts';

/** What everybody sees before a step. @param label what a request is called that is made in it */
export function look(model: Model, label: string): Seen {
  const requests = Object.entries(model.requests).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const each = <T>(of: (request: Request) => T) =>
    Object.fromEntries(requests.map(([one, request]) => [one, of(request)]));
  const grants = requests.flatMap(([request, { grants: its }]) =>
    its.map(({ entitlement, state }) => ({ key: { request, entitlement }, state })),
  );
  const groups = {} as Record<Name, readonly Group[]>;
  for (const name of names) groups[name] = [...model.people[name].groups];
  return {
    label,
    requests: requests.map(([one]) => one),
    open: requests.filter(([, request]) => isOpen(model, request)).map(([one]) => one),
    grants: grants.map(({ key }) => key),
    lively: grants.filter(({ state }) => !['ended', 'failed'].includes(state)).map(({ key }) => key),
    groups,
    delegations: Object.keys(model.delegations),
    versions: each(({ versions }) => versions.length),
    able: each((request) => names.filter((name) => mayApprove(model, request, name))),
    answered: each(({ reviews }): Name[] =>
      reviews.filter(({ withdrawn }) => !withdrawn).map(({ by }) => by),
    ),
    owners: each(({ requester }) => requester),
  };
}
