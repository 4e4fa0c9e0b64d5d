import { Type as T } from 'typebox';
import { followUpStates, verdicts } from '../../../approvals/follow-up-states.ts';
import { maxWords } from '../../../approvals/submission.ts';
import { Account } from './entitlement.ts';
import { Person } from './person.ts';
import { instant, named, nullable, nullableInstant, ref, seconds } from './ref.ts';

export const FollowUpId = T.String({
  pattern: '^fup_[0-9a-hjkmnp-tv-z]{26}$',
  description: 'the id of a follow-up: fup_ and 26 characters',
});
export const FollowUpState = T.Enum([...followUpStates]);
export const Verdict = T.Enum([...verdicts]);

export const FollowUp = named(
  'FollowUp',
  T.Object({
    id: T.String({ description: 'Starts with `fup_`.' }),
    kind: T.Unsafe<'break-glass'>({ enum: ['break-glass'] }),
    state: FollowUpState,
    request: T.String({ description: 'The request by which it was used.' }),
    entitlement: T.String(),
    account: ref(Account),
    person: ref(Person),
    reason: nullable('Why it was used, in their words.'),
    durationSeconds: seconds('How long it could be used.'),
    usedAt: instant('When.'),
    dueAt: instant('When somebody must have looked at it.'),
    overdueAt: nullableInstant('Since when it has been overdue; null: it never was.'),
    whom: T.String({ description: 'Who may look at it now, in words.' }),
    verdict: T.Union([Verdict, T.Null()]),
    comment: nullable('What was found, in the words of whoever looked.'),
    doneBy: T.Union([ref(Person), T.Null()]),
    doneAt: nullableInstant('When somebody had looked.'),
    mayFinish: T.Boolean({ description: 'Whether the caller may look at it now.' }),
  }),
);

export const FollowUpPage = named(
  'FollowUpPage',
  T.Object({ items: T.Array(ref(FollowUp)), next: nullable('`cursor` of the next page; null at the end.') }),
);

export const FollowUpInput = named(
  'FollowUpInput',
  T.Object(
    {
      verdict: Verdict,
      comment: T.String({
        minLength: 1,
        maxLength: maxWords,
        description: 'What was found. Whoever used it, operators and auditors read it.',
      }),
    },
    { additionalProperties: false },
  ),
);

export const followUpComponents = [FollowUp, FollowUpPage, FollowUpInput];
