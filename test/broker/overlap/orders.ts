/** The two grants of one person on one target. */
export type Which = 'A' | 'B';

/** How a grant ends: by its time, given up by its owner, revoked by an operator. */
export type EndKind = 'natural' | 'owner' | 'operator';

/** Start, use (credentials, or a session at the portal), extend and use anew, end. */
export type Step = 'S' | 'U' | 'X' | 'E';

export interface Act {
  readonly which: Which;
  readonly step: Step;
}

/** What is done to two grants, a round after the other; two acts in one round are done at the same time. */
export interface Order {
  readonly name: string;
  readonly ends: Readonly<Record<Which, EndKind>>;
  readonly rounds: readonly (readonly Act[])[];
}

const scripts: readonly (readonly Step[])[] = [
  ['S', 'E'],
  ['S', 'U', 'E'],
  ['S', 'X', 'E'],
  ['S', 'U', 'X', 'E'],
];
const endKinds = ['natural', 'owner', 'operator'] as const;

/**
 * Every order of the steps of two grants: each way of using, extending and ending each of them, all interleavings, and those in
 * which an end comes at the same moment as the other's start, extension or end. A is the one that starts first: which of the
 * two has which name makes no difference.
 */
export function allOrders(): Order[] {
  return scripts.flatMap((a) =>
    scripts.flatMap((b) =>
      interleavings(acts('A', a), acts('B', b))
        .filter(([first]) => first?.which === 'A')
        .flatMap(withMeetings)
        .flatMap((rounds) =>
          endKinds.flatMap((endA) => endKinds.map((endB) => named(rounds, { A: endA, B: endB }))),
        ),
    ),
  );
}

/** So many of them that follow each other, from a place on; spread over all, so that neighbours have little in common. */
export function someOrders(from: number, count: number): Order[] {
  const all = allOrders();
  // No divisor of their number: after as many steps as there are orders, each was there once.
  const stride = 1009;
  const places = Array.from({ length: Math.min(count, all.length - from) }, (_, i) => from + i);
  return places.map((place) => all[(place * stride) % all.length]).filter((order) => order !== undefined);
}

/** The orders of these names. Throws for one that there is not. */
export function ordersNamed(names: readonly string[]): Order[] {
  const all = new Map(allOrders().map((order) => [order.name, order]));
  return names.map((name) => {
    const order = all.get(name);
    if (order === undefined) throw new Error(`there is no order ${name}`);
    return order;
  });
}

/** The round in which a step of a grant comes; null when it has no such step. */
export function roundOf(order: Order, which: Which, step: Step): number | null {
  const round = order.rounds.findIndex((acts_) =>
    acts_.some((act) => act.which === which && act.step === step),
  );
  return round < 0 ? null : round;
}

function acts(which: Which, script: readonly Step[]): Act[] {
  return script.map((step) => ({ which, step }));
}

function interleavings(a: readonly Act[], b: readonly Act[]): Act[][] {
  const [firstA, ...restA] = a;
  const [firstB, ...restB] = b;
  if (firstA === undefined) return [[...b]];
  if (firstB === undefined) return [[...a]];
  return [
    ...interleavings(restA, b).map((rest) => [firstA, ...rest]),
    ...interleavings(a, restB).map((rest) => [firstB, ...rest]),
  ];
}

/** The order as it is, and with each two neighbouring steps at once that can meet. */
function withMeetings(order: readonly Act[]): (readonly Act[])[][] {
  const one = order.map((act) => [act]);
  const meetings = order.flatMap((act, at) => {
    const next = order[at + 1];
    // The other way around is another order, and the same meeting.
    if (next === undefined || act.which !== 'A' || next.which !== 'B' || !meet(act.step, next.step))
      return [];
    return [[...one.slice(0, at), [act, next], ...one.slice(at + 2)]];
  });
  return [one, ...meetings];
}

function meet(a: Step, b: Step): boolean {
  return (a === 'E' && b !== 'U') || (b === 'E' && a !== 'U');
}

function named(rounds: readonly (readonly Act[])[], ends: Order['ends']): Order {
  const text = ({ which, step }: Act) => `${step === 'E' ? ends[which] : step}${which}`;
  return { name: rounds.map((round) => round.map(text).join('+')).join(' '), ends, rounds };
}
