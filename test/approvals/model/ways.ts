import fc from 'fast-check';
import { approves, approvesAs } from './answering.ts';
import type { EntitlementId, Name } from './catalog.ts';
import type { Command } from './commands.ts';
import { places } from './model.ts';

// Ways that requests go, on which surprises wait.

type Way = readonly fc.Arbitrary<Command>[];

const one = (command: Command) => fc.constant(command);
const pass = (...each: number[]): fc.Arbitrary<Command> =>
  fc.constantFrom(...each).map((seconds) => ({ do: 'pass', seconds }));
const grant = fc.nat(places);
const activates: fc.Arbitrary<Command> = fc.record({ do: fc.constant('activate'), grant });
const asks = (by: Name, ids: readonly EntitlementId[], seconds: number, later: number | null) =>
  one({ do: 'submit', by, whom: null, ids, seconds, later });

/** The usual one, to the end. */
export const way: Way = [
  approves,
  approves,
  pass(400, 2000),
  activates,
  pass(400, 5000),
  fc.record({ do: fc.constant('finish'), grant }),
];

/** Nobody answers in time. */
export const late: Way = [
  asks('eve', ['m/steps', 'm/one'], 600, null),
  approves,
  pass(3600, 90_000),
  one({ do: 'expire' }),
  approves,
];

/** Somebody on call answers, and their shift ends before the next answer and the start. */
export const shift: Way = [
  asks('eve', ['m/steps'], 3600, 300),
  approvesAs('lea'),
  one({ do: 'call', onCall: ['dan'] }),
  approvesAs('dan'),
  one({ do: 'call', onCall: [] }),
  approves,
  pass(400),
  activates,
];

/** A rule denies it after it was asked, or after it was approved. */
export const barred: Way = [
  asks('eve', ['m/two'], 1800, 300),
  approves,
  fc.constantFrom<Command[]>(
    { do: 'pass', seconds: 10 },
    { do: 'group', who: 'eve', among: 0, group: 'barred' },
  ),
  approves,
  one({ do: 'group', who: 'eve', among: 0, group: 'barred' }),
  pass(400),
  activates,
];

/** Who approved it leaves, or their group does, before it starts. */
export const left: Way = [
  asks('eve', ['m/one'], 1800, 300),
  approvesAs('pat'),
  fc.constantFrom<Command[]>(
    { do: 'group', who: 'pat', among: 0, group: 'approvers' },
    { do: 'leave', who: 'pat', among: 0 },
  ),
  pass(400),
  activates,
];

/** The last step is answered by those it escalates to, too early or not. */
export const escalation: Way = [
  asks('eve', ['m/steps'], 600, null),
  pass(400),
  approvesAs('lea'),
  pass(700, 1000),
  approvesAs('dan'),
];
