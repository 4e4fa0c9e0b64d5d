import { Type as T } from 'typebox';
import { Choice, conditions } from './choice.ts';
import { idPattern, maxIdLength } from './entitlement-id.ts';
import { AssuranceLevel, Person } from './person.ts';
import { instant, named, nullable, ref, seconds } from './ref.ts';

export const EntitlementId = T.String({
  maxLength: maxIdLength,
  pattern: idPattern,
  description: 'the id of an entitlement: a path in lower case such as prod/admin',
});

export const Account = named(
  'Account',
  T.Object({
    id: T.String({ description: 'AWS account id, 12 digits.' }),
    name: T.String(),
  }),
);

export const TargetKind = T.Enum(['role', 'permission-set'], { description: 'What gives the access.' });

const Escalation = named(
  'Escalation',
  T.Object({
    at: instant('When more people are asked.'),
    whom: T.String({ description: 'Whom, in words.' }),
  }),
);

/** Whose turn it is to approve. */
export const Approvers = named(
  'Approvers',
  T.Object({
    entitlement: T.String(),
    step: T.String({ description: 'The step of its approval whose turn it is.' }),
    rule: T.String({ description: 'The rule of the catalog.' }),
    needed: T.Integer({ description: 'How many different people are missing still.' }),
    groups: T.Array(T.String()),
    whom: T.String({ description: 'Whom it asks, in words.' }),
    people: T.Array(ref(Person), {
      description: 'Who they are, of those who have signed in before; at most 20.',
    }),
    since: instant('When its turn came.'),
    escalates: T.Union([ref(Escalation), T.Null()], {
      description: 'When more people are asked; null where that is not foreseen, or has come.',
    }),
  }),
);

const Step = named(
  'Step',
  T.Object({
    name: T.String(),
    whom: T.String({ description: 'Whom it asks, in words.' }),
    groups: T.Array(T.String()),
    count: T.Integer({ description: 'How many different people.' }),
    when: nullable('The condition under which it is asked for, in CEL; null: always.'),
  }),
);

const Rule = named(
  'Rule',
  T.Object({
    name: T.String(),
    effect: T.Unsafe<'deny' | 'approve'>({
      enum: ['deny', 'approve'],
      description: 'Denies it, or approves it without asking anybody.',
    }),
    because: T.String({ description: 'Why, in words.' }),
  }),
);

export const AssuranceDemand = named(
  'AssuranceDemand',
  T.Object({
    level: AssuranceLevel,
    maxAgeSeconds: T.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'How long ago it may have been proven, in seconds; null means any age.',
    }),
  }),
);

export const BreakGlass = named(
  'BreakGlass',
  T.Object({
    maxDurationSeconds: seconds('The longest grant.'),
    assurance: ref(AssuranceDemand),
    followUp: T.Object({
      whom: T.String({ description: 'Who looks at it afterwards, in words.' }),
      withinSeconds: seconds('Within how long.'),
    }),
  }),
);

const groups = T.Array(T.String(), { description: 'Membership of any one is enough.' });

export const Terms = named(
  'Terms',
  T.Object({
    maxDurationSeconds: seconds('The longest grant.'),
    sessionSeconds: seconds('Lifetime of one session.'),
    requestExpiresSeconds: seconds('An unanswered request expires after this.'),
    ticketPattern: nullable(
      'A regular expression that the whole ticket must match; null when none is needed.',
    ),
    ticketValidated: T.Boolean({ description: 'A ticket validator must say that it is good, too.' }),
    assurance: T.Object({
      ask: ref(AssuranceDemand),
      approve: ref(AssuranceDemand),
      issue: ref(AssuranceDemand),
    }),
    ask: T.Object({ groups }),
    approve: T.Object({
      groups,
      count: T.Integer({ description: 'How many different people, in all steps.' }),
      steps: T.Array(ref(Step), { description: 'Taken in order; one person counts once in all of them.' }),
    }),
    breakGlass: T.Union([ref(BreakGlass), T.Null()], {
      description: 'On what terms the caller may take it without asking anybody; null: they may not.',
    }),
    rules: T.Array(ref(Rule), { description: 'Conditions that decide without people.' }),
  }),
);

const Dropped = named(
  'Dropped',
  T.Object({
    review: T.String({ description: 'The review of who may ask: starts with `elr_`.' }),
    since: instant('Since when.'),
  }),
);

export const Entitlement = named(
  'Entitlement',
  T.Object({
    id: T.String({ description: 'Named like a path: `prod/admin`.' }),
    description: T.String(),
    account: ref(Account),
    target: TargetKind,
    terms: ref(Terms),
    conditions,
    choices: T.Array(ref(Choice), { description: 'Narrower forms that a request can pick.' }),
    choiceRequired: T.Boolean({ description: 'Whether one of them must be picked.' }),
    mayAsk: T.Boolean({ description: 'Whether the caller may ask for it.' }),
    dropped: T.Union([ref(Dropped), T.Null()], {
      description:
        'Why the caller may not ask any more, though the rules would let them; null: no review dropped them.',
    }),
    mayApprove: T.Boolean({ description: 'Whether the caller may approve requests of others for it.' }),
    approvers: T.Array(ref(Person), { description: 'Who would be asked; at most 20, never the caller.' }),
    rule: T.String({
      description: 'The rule that lets the caller know of it, or by which they may not ask any more.',
    }),
    catalogVersion: T.String(),
  }),
);

export const Bundle = named(
  'Bundle',
  T.Object({
    name: T.String({ description: 'What a request names instead of them.' }),
    entitlements: T.Array(T.String(), { description: 'Each by its own rules.' }),
  }),
);

export const EntitlementPage = named(
  'EntitlementPage',
  T.Object({
    items: T.Array(ref(Entitlement)),
    bundles: T.Array(ref(Bundle), {
      description: 'Names that stand for several, all of which the caller may ask for.',
    }),
    next: nullable('`cursor` of the next page; null at the end.'),
  }),
);

export const approvalComponents = [Escalation, Approvers, Step, Rule, Dropped];
