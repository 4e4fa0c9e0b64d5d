import { Environment } from '@marcbachmann/cel-js';
import { Duration } from '@marcbachmann/cel-js/evaluator';
import type { Facts } from './facts.ts';
import { functions } from './functions.ts';
import { types, variables } from './vocabulary.ts';

// cel-js knows the type of a value by its class.
const classes = new Map(Object.keys(types).map((name) => [name, class extends Object {}]));

/** The CEL environment of conditions: its variables have types, and nothing else can be named. */
export const environment = makeEnvironment();

/** The facts as the environment takes them. Throws where a number is not whole. */
export function valuesOf(facts: Facts): Map<string, unknown> {
  const { requester, entitlement, assurance } = facts;
  const { account } = entitlement;
  const seconds = BigInt(facts.durationSeconds);
  const values = new Map<string, unknown>([
    ['requester', instance('Requester', requester)],
    [
      'entitlement',
      instance('Entitlement', {
        ...entitlement,
        account: instance('Account', { ...account, tags: new Map(Object.entries(account.tags)) }),
      }),
    ],
    ['durationSeconds', seconds],
    ['duration', new Duration(seconds)],
    ['reason', facts.reason],
    ['ticket', facts.ticket],
    ['breakGlass', facts.breakGlass],
    ['now', facts.now],
    ['startsAt', facts.startsAt],
    ['assurance', instance('Assurance', { ...assurance, ageSeconds: BigInt(assurance.ageSeconds) })],
    // Maps, for a plain object with a key such as `constructor` is none to cel-js.
    ['onCall', new Map(Object.entries(facts.onCall))],
  ]);
  // Not a text that happens to be empty: whatever asks for it has no answer.
  if (facts.address !== '') values.set('address', facts.address);
  return values;
}

function instance(type: string, fields: object): object {
  const made = classes.get(type);
  if (made === undefined) throw new Error(`no type ${type}`);
  return Object.assign(new made(), fields);
}

function makeEnvironment(): Environment {
  const made = new Environment({
    limits: { maxAstNodes: 300, maxDepth: 20, maxListElements: 50, maxMapEntries: 50, maxCallArguments: 5 },
  });
  for (const [name, ctor] of classes) made.registerType(name, { ctor, fields: { ...types[name] } });
  for (const [name, type] of Object.entries(variables)) made.registerVariable(name, type);
  for (const { own } of Object.values(functions)) {
    if (own !== undefined) made.registerFunction(own.signature, own.run, { async: false });
  }
  return made;
}
