import { Type as T } from 'typebox';
import { instant, named, nullable, nullableInstant, ref, seconds } from './ref.ts';
import { grantStates } from './request.ts';

const nullableSeconds = (description: string) =>
  T.Unsafe<number | null>({ type: ['integer', 'null'], description: `${description} In seconds.` });

const PastGrant = named(
  'PastGrant',
  T.Object({
    id: T.String(),
    state: T.Unsafe<string>({ enum: [...grantStates] }),
    startsAt: instant('When it started.'),
    endsAt: instant('When it ended, or will.'),
    used: T.Unsafe<boolean | null>({
      type: ['boolean', 'null'],
      description: 'Whether credentials were issued under it; null where Daypass does not see it.',
    }),
    sessions: T.Integer({ description: 'How many sessions were issued.' }),
    lastSessionAt: nullableInstant('When the last one was.'),
    usedSeconds: nullableSeconds('From its first session to the end of its last; null when not used.'),
  }),
);

const NarrowerForm = named(
  'NarrowerForm',
  T.Object({
    id: T.String(),
    description: T.String(),
    choice: nullable('The choice to pick; null: all of it.'),
    actions: T.Array(T.String()),
    maxDurationSeconds: seconds('The longest grant.'),
  }),
);

const EntitlementInsight = named(
  'EntitlementInsight',
  T.Object({
    id: T.String(),
    lastGrants: T.Array(ref(PastGrant), {
      description: 'The last grants of it that the requester had, newest first; at most 5.',
    }),
    lastUsedAt: nullableInstant('When they last got credentials by any of them; null: never.'),
    typicalUseSeconds: nullableSeconds(
      'How long they use it, in the median of the last 20; null when never.',
    ),
    asked: T.Integer({ description: 'How often they asked for it in 90 days, this request not counted.' }),
    denied: T.Integer({ description: 'How many of those were denied.' }),
    actions: T.Unsafe<readonly string[] | null>({
      type: ['array', 'null'],
      items: { type: 'string' },
      description: 'What it can do, as the catalog says; null where it does not say.',
    }),
    limits: T.Array(T.String(), {
      description: 'What its sessions can and cannot do besides, one line for people each.',
    }),
    narrower: T.Array(ref(NarrowerForm), {
      description: 'Less, that the requester may ask for instead: from narrow to wide; at most 10.',
    }),
  }),
);

export const Insight = named(
  'Insight',
  T.Object({ request: T.String(), entitlements: T.Array(ref(EntitlementInsight)) }),
);

export const insightComponents = [PastGrant, NarrowerForm, EntitlementInsight, Insight];
