import { Type as T } from 'typebox';
import { named, ref } from './ref.ts';

const ResourceTag = named('ResourceTag', T.Object({ key: T.String(), values: T.Array(T.String()) }));

const allowance = {
  actions: T.Array(T.String(), { description: "What is let through of the role's own permissions." }),
  resources: T.Array(T.String(), { description: 'On what: ARNs, or `*`.' }),
  resourceTags: T.Array(ref(ResourceTag), {
    description: 'Only on resources with one of the values for each key.',
  }),
};

const PickedParameter = named('PickedParameter', T.Object({ name: T.String(), value: T.String() }));

/** A choice that was picked. */
export const PickedChoice = named(
  'PickedChoice',
  T.Object({
    name: T.String(),
    description: T.String(),
    parameters: T.Array(ref(PickedParameter)),
    ...allowance,
  }),
);

/** A choice that was picked, or null. */
export const pickedChoice = (description: string) => T.Union([ref(PickedChoice), T.Null()], { description });

const Parameter = named(
  'Parameter',
  T.Object({
    name: T.String(),
    type: T.String({ description: 'What kind of value.' }),
    description: T.String(),
    form: T.String({ description: 'What a value looks like.' }),
    values: T.Unsafe<readonly string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'The only values there are; null: any of that form.',
    }),
    maxLength: T.Integer(),
  }),
);

/** A choice that may be picked. */
export const Choice = named(
  'Choice',
  T.Object({
    name: T.String(),
    description: T.String(),
    parameters: T.Array(ref(Parameter), { description: 'What to fill in where `{name}` stands.' }),
    ...allowance,
  }),
);

export const conditions = T.Array(T.String(), {
  description: 'How, where and when its sessions work, one line for people each.',
});

export const choiceComponents = [ResourceTag, PickedParameter, PickedChoice, Parameter, Choice];
