import fc from 'fast-check';
import { type Edition, type Group, type Name } from './catalog.ts';
import type { House } from './house.ts';
import { type Model, type Outcome, pick, places, type Seen, type Somebody } from './model.ts';

// What changes around requests: the directory, who is on call, the catalog, and the time.

/** A change of one person's row. */
export type Directory =
  | { readonly do: 'group'; readonly who: Somebody; readonly among: number; readonly group: Group }
  | { readonly do: 'leave'; readonly who: Somebody; readonly among: number }
  | { readonly do: 'manager'; readonly who: Name; readonly manager: Name | null };

export type Around =
  | Directory
  | { readonly do: 'call'; readonly onCall: readonly Name[] | null }
  | { readonly do: 'catalog'; readonly piece: keyof Edition }
  | { readonly do: 'pass'; readonly seconds: number };

const who = fc.constantFrom<Somebody[]>(
  'whoever',
  'whoever',
  'whoever',
  'whoever',
  'pat',
  'lea',
  'sam',
  'ash',
  'dan',
  'eve',
);

const among = fc.nat(places);

export const directory: fc.Arbitrary<Directory> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('group'),
      who,
      among,
      group: fc.constantFrom<Group[]>('approvers', 'leads', 'security', 'engineers'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('group'),
      who: fc.constant('eve'),
      among,
      group: fc.constant('barred'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave'), who, among }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('manager'),
      who: fc.constantFrom<Name[]>('eve', 'ash'),
      manager: fc.constantFrom<(Name | null)[]>('pat', 'eve', 'dan', null),
    }),
  },
);

export const calls: fc.Arbitrary<Around> = fc.record({
  do: fc.constant('call'),
  onCall: fc.constantFrom<(Name[] | null)[]>(['eve'], ['eve', 'dan'], ['pat'], [], null),
});

export const around: fc.Arbitrary<Around> = fc.oneof(
  { weight: 3, arbitrary: directory },
  { weight: 2, arbitrary: calls },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('catalog'),
      piece: fc.constantFrom<(keyof Edition)[]>('edited', 'removed', 'unrelated'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('pass'),
      seconds: fc.constantFrom(400, 1000, 2000, 3600, 90_000),
    }),
  },
);

/** Whoever has answered something, where nobody is named. */
function nameOf(seen: Seen, command: Directory): Name {
  if (command.do === 'manager') return command.who;
  if (command.who !== 'whoever') return command.who;
  return pick(Object.values(seen.answered).flat(), command.among) ?? 'pat';
}

export function applyAround(model: Model, seen: Seen, command: Around): Outcome {
  switch (command.do) {
    case 'group': {
      const person = model.people[nameOf(seen, command)];
      const { groups } = person;
      person.groups = groups.includes(command.group)
        ? groups.filter((one) => one !== command.group)
        : [...groups, command.group];
      break;
    }
    case 'leave': {
      const person = model.people[nameOf(seen, command)];
      person.active = !person.active;
      break;
    }
    case 'manager':
      model.people[command.who].manager = command.manager;
      break;
    case 'call':
      model.onCall = command.onCall === null ? null : [...command.onCall];
      break;
    case 'catalog':
      model.edition = { ...model.edition, [command.piece]: !model.edition[command.piece] };
      break;
    case 'pass':
      model.now += command.seconds;
  }
  return 'done';
}

/** Does the same to what is really there. @param after the model as it is then */
export async function performAround(
  house: House,
  seen: Seen,
  command: Around,
  after: Model,
): Promise<Outcome> {
  switch (command.do) {
    case 'group':
      await house.toggleGroup(nameOf(seen, command), command.group);
      break;
    case 'leave':
      await house.toggleActive(nameOf(seen, command));
      break;
    case 'manager':
      await house.setManager(command.who, command.manager);
      break;
    case 'call':
      house.call(after.onCall);
      break;
    case 'catalog':
      house.use(after.edition);
      break;
    case 'pass':
      house.pass(command.seconds);
  }
  return 'done';
}
