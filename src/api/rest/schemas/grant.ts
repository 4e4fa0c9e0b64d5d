import { Type as T } from 'typebox';
import { maxWords, minDurationSeconds } from '../../../approvals/submission.ts';
import { pickedChoice } from './choice.ts';
import { Account, TargetKind } from './entitlement.ts';
import { Person } from './person.ts';
import { instant, named, nullable, nullableInstant, ref, seconds } from './ref.ts';
import { GrantState } from './request.ts';

export const GrantId = T.String({
  pattern: '^grt_[0-9a-hjkmnp-tv-z]{26}$',
  description: 'the id of a grant: grt_ and 26 characters',
});

export const Grant = named(
  'Grant',
  T.Object({
    id: T.String({ description: 'Starts with `grt_`.' }),
    request: T.String({ description: 'The id of its request.' }),
    person: ref(Person),
    entitlement: T.String(),
    account: ref(Account),
    target: TargetKind,
    breakGlass: T.Boolean({ description: 'Whether its user gave it to themselves, by break-glass.' }),
    choice: pickedChoice('What of the entitlement it is narrowed to; null: all of it.'),
    state: GrantState,
    startsAt: instant('When it starts.'),
    endsAt: instant('When it ends at the latest.'),
    endedBecause: nullable('expired, revoked or relinquished; null while it lives.'),
    endingSince: nullableInstant('Since when it has been ending.'),
    endedAt: nullableInstant('When its end was certain.'),
    deniedAt: nullableInstant(
      'After an early end: when AWS was read back to deny what was issued. A deny takes seconds as a rule to be in force everywhere, a few minutes at most.',
    ),
    silencedAt: nullableInstant(
      'When an operator silenced the alarm of its ending. Its state is what it would be without.',
    ),
    lastPossibleUse: nullableInstant('After this nothing issued under it can be used.'),
    failure: nullable('Why it failed.'),
    mayEnd: T.Boolean({ description: 'Whether the caller may end it now.' }),
  }),
);

export const GrantPage = named(
  'GrantPage',
  T.Object({ items: T.Array(ref(Grant)), next: nullable('`cursor` of the next page; null at the end.') }),
);

export const EndGrantInput = named(
  'EndGrantInput',
  T.Object(
    {
      because: T.Optional(
        T.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 1000, description: 'Why. Recorded.' }),
      ),
    },
    { additionalProperties: false },
  ),
);

export const SilenceInput = named(
  'SilenceInput',
  T.Object(
    { because: T.String({ minLength: 1, maxLength: 1000, description: 'why. Recorded.' }) },
    { additionalProperties: false },
  ),
);

export const ExtendGrantInput = named(
  'ExtendGrantInput',
  T.Object(
    {
      durationSeconds: T.Integer({
        minimum: minDurationSeconds,
        maximum: 43_200,
        description: 'How much longer, in seconds.',
      }),
      reason: T.String({
        minLength: 1,
        maxLength: maxWords,
        description: 'Why. Approvers and auditors read it.',
      }),
      ticket: T.Optional(T.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 100 })),
    },
    { additionalProperties: false },
  ),
);

const Credentials = named(
  'Credentials',
  T.Object({
    accessKeyId: T.String(),
    secretAccessKey: T.String(),
    sessionToken: T.String(),
    expiration: instant('As STS said: when these credentials stop working.'),
  }),
);

export const Limit = named(
  'Limit',
  T.Object({
    name: T.String(),
    seconds: seconds('How long it allows.'),
    won: T.Boolean({ description: 'Whether this limit was the shortest.' }),
  }),
);

export const Exposure = named(
  'Exposure',
  T.Object({
    name: T.String({
      description:
        'identity_proof: GetCallerIdentity, until the credentials expire. service_token: a token of a service, such as Amazon ECR. compute_role: work handed to the role of a service, such as Lambda or EC2. resource_policy: access given by the policy of a resource. open_connection: what is connected already. onward_role: roles assumed from the session. lasting_access: keys, users and trust made with it.',
    }),
    seconds: T.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'How long after the end of the grant, in seconds; null means that nothing bounds it.',
    }),
  }),
);

export const Session = named(
  'Session',
  T.Object({
    sessionId: T.String({ description: 'Starts with `ses_`.' }),
    grantId: T.String(),
    credentials: ref(Credentials),
    endsAt: instant('When access ends.'),
    limits: T.Array(ref(Limit), { description: 'What limited the lifetime, and which limit won.' }),
    residualExposureSeconds: seconds(
      'The longest of the residual exposures that have a bound, after the grant ends. Those whose seconds are null are not in it.',
    ),
    residualExposures: T.Array(ref(Exposure), {
      description: 'What can outlive the grant, one by one, where the role allows it.',
    }),
  }),
);

export const grantComponents = [
  Grant,
  GrantPage,
  EndGrantInput,
  ExtendGrantInput,
  SilenceInput,
  Credentials,
  Limit,
  Exposure,
  Session,
];
