// The catalogs of the model: once as the file says it, and once more in plain words, so that neither proves itself.

export const names = ['eve', 'ash', 'lea', 'sam', 'dan', 'pat', 'ola'] as const;
export type Name = (typeof names)[number];

export const groups = ['engineers', 'approvers', 'leads', 'security', 'directors', 'barred'] as const;
export type Group = (typeof groups)[number];

/** The groups that everybody has when a sequence begins. Ola is an operator. */
export const groupsAtFirst: Record<Name, readonly Group[]> = {
  eve: ['engineers'],
  ash: ['engineers', 'approvers'],
  lea: ['leads', 'approvers'],
  sam: ['security', 'leads'],
  dan: ['directors'],
  pat: ['approvers', 'security'],
  ola: [],
};
export const managersAtFirst: Partial<Record<Name, Name>> = { eve: 'lea', ash: 'dan' };

export const entitlementIds = ['m/all', 'm/one', 'm/steps', 'm/two'] as const;
export type EntitlementId = (typeof entitlementIds)[number];

/** How the catalog in force differs from the first one. */
export interface Edition {
  /** The approvers of m/two are others. */
  readonly edited: boolean;
  /** m/one is gone. */
  readonly removed: boolean;
  /** Something that nobody asks for reads otherwise. */
  readonly unrelated: boolean;
}

/** Not known while the source of the schedule is down. */
export type Answer = boolean | 'unknown';

/** What conditions are judged on. */
export interface Facts {
  readonly groups: readonly Group[];
  readonly seconds: number;
  /** Is the requester on call? */
  readonly called: Answer;
}

export interface Asked {
  readonly groups?: readonly Group[];
  readonly people?: readonly Name[];
  readonly manager?: true;
  readonly onCall?: true;
}

export interface StepRule {
  readonly name: string;
  readonly who: Asked;
  /** How many; `all`: all who are named. */
  readonly count: number | 'all';
  readonly when?: (facts: Facts) => Answer;
  readonly escalate?: { readonly after: number; readonly who: Asked };
  /** To whom the right may be handed. */
  readonly delegates?: Asked;
}

export interface EntitlementRule {
  readonly answerWithin: number;
  readonly steps: readonly StepRule[];
  /** Bars people of the group `barred`. */
  readonly bars: boolean;
  readonly approves?: (facts: Facts) => Answer;
}

const day = 86_400;

/** The rule of an entitlement in plain words; undefined when the catalog has it not. */
export function ruleOf(id: EntitlementId, { edited, removed }: Edition): EntitlementRule | undefined {
  switch (id) {
    case 'm/one':
      if (removed) return undefined;
      return {
        answerWithin: 3600,
        steps: [{ name: 'approval', who: { groups: ['approvers'] }, count: 1 }],
        bars: false,
      };
    case 'm/two':
      return {
        answerWithin: day,
        steps: [
          {
            name: 'approval',
            who: { groups: edited ? ['leads'] : ['approvers', 'leads'] },
            count: 2,
            delegates: { groups: ['directors', 'engineers'] },
          },
        ],
        bars: true,
        approves: ({ seconds, called }) => (seconds > 600 ? false : called),
      };
    case 'm/all':
      return {
        answerWithin: day,
        steps: [{ name: 'approval', who: { people: ['lea', 'pat', 'ash'] }, count: 'all' }],
        bars: false,
      };
    case 'm/steps':
      return {
        answerWithin: day,
        bars: true,
        steps: [
          {
            name: 'lead',
            who: { groups: ['leads'], manager: true },
            count: 1,
            escalate: { after: 1000, who: { groups: ['directors'] } },
            delegates: { groups: ['directors', 'security'] },
          },
          {
            name: 'security',
            who: { groups: ['security'], onCall: true },
            count: 1,
            when: ({ seconds }) => seconds > 1800,
          },
          {
            name: 'calm',
            who: { groups: ['approvers'] },
            count: 1,
            escalate: { after: 1000, who: { groups: ['directors'] } },
            when: ({ called }) => (called === 'unknown' ? called : !called),
          },
        ],
      };
  }
}

/** Who may ask for anything here. */
export const askers: Group = 'engineers';

/** The same as the file. @param subjects OIDC subjects by name */
export function catalogText(
  { edited, removed, unrelated }: Edition,
  subjects: Readonly<Record<Name, string>>,
): string {
  const people = names.map((name) => `  ${name}: { subject: ${subjects[name]} }`).join('\n');
  const entitlement = (id: string, rest: string) => `  ${id}:
    description: For the model
    role: { account: prod, name: ${id.replace('/', '-')} }
    ask: { groups: [${askers}] }
    maxDuration: 2h
${rest}`;
  const barred = `deny: '"barred" in requester.groups', because: "barred"`;
  return `version: 1
groups: [${groups.join(', ')}]
people:
${people}
onCall:
  primary: { webhook: "https://on-call.example/primary" }
accounts:
  prod: { id: "111122223333", name: Production }
entitlements:
${entitlement(
  'm/all',
  `    approve: { people: [lea, pat, ash], count: all }
`,
)}${
  removed
    ? ''
    : entitlement(
        'm/one',
        `    approve: { groups: [approvers] }
    requestExpires: 1h
`,
      )
}${entitlement(
  'm/steps',
  `    approve:
      steps:
        - { name: lead, groups: [leads], manager: true, escalate: { after: 1000s, to: { groups: [directors] } }, delegates: { groups: [directors, security] } }
        - { name: security, groups: [security], onCall: [primary], when: durationSeconds > 1800 }
        - { name: calm, groups: [approvers], when: "!onCall.primary", escalate: { after: 1000s, to: { groups: [directors] } } }
    rules:
      barred: { ${barred} }
`,
)}${entitlement(
  'm/two',
  `    approve: { groups: [${edited ? 'leads' : 'approvers, leads'}], count: 2, delegates: { groups: [directors, engineers] } }
    rules:
      barred: { ${barred} }
      brief: { approve: "durationSeconds <= 600 && onCall.primary", because: "brief, and on call" }
`,
)}${entitlement(
  'm/other',
  `    approve: { groups: [${unrelated ? 'leads' : 'approvers'}] }
`,
)}`;
}
