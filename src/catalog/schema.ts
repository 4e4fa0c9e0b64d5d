import { Type as T, type Static } from 'typebox';
import { durationPattern, formatDuration } from './duration.ts';
import { defaultAssurance, defaults, maxDescriptionLength, maxIdLength, ranges } from './limits.ts';
import { Rules } from './rules/schema-rules.ts';
import { accountFacts } from './schema-accounts.ts';
import { ApproveEntry, AskEntry, People } from './schema-approve.ts';
import { breakGlassEntry } from './schema-break-glass.ts';
import { Outside, reviewFields } from './schema-eligibility.ts';
import { fleets, ruleSets, writtenEntitlement } from './schema-fleets.ts';
import { OnCall } from './schema-on-call.ts';
import { duration, groupList, text } from './schema-parts.ts';
import { actionList, Bundles, Choices, Conditions } from './schema-session.ts';
import { assuranceLevels, type AssuranceDemand } from './types.ts';

// Titles are noun phrases: the checker says "must be <title>", editors show them too.

export const idPattern = '^[a-z0-9][a-z0-9-]*(/[a-z0-9][a-z0-9-]*)+$';
export const accountKeyPattern = '^[a-z0-9][a-z0-9-]*$';
const closed = { additionalProperties: false };

const level = T.Enum([...assuranceLevels], {
  title: 'an assurance level: single-factor, multi-factor or phishing-resistant',
  description:
    'How strongly the person must be proven, weakest first: single-factor, multi-factor, phishing-resistant.',
});

function assurance(description: string, fallback: AssuranceDemand) {
  const age = fallback.maxAgeSeconds === null ? 'any' : formatDuration(fallback.maxAgeSeconds);
  const maxAge = T.String({
    title: "'any' or a duration such as 15m or 12h",
    description: `How long ago it may have been proven, at most. ${formatDuration(ranges.maxAge.min)} to ${formatDuration(ranges.maxAge.max)}, or any. Left out: ${age}.`,
    pattern: `^(?:any|${durationPattern.slice(1, -1)})$`,
    default: age,
  });
  return T.Union([level, T.Object({ level, maxAge: T.Optional(maxAge) }, closed)], {
    title: 'an assurance level, or a map with level and maxAge',
    description: `${description} Left out: ${fallback.level}, proven at ${age === 'any' ? 'any age' : `most ${age} ago`}.`,
    default: { level: fallback.level, maxAge: age },
  });
}

const accountRef = T.String({ title: 'the name of an account under accounts', pattern: accountKeyPattern });

const role = T.Object(
  {
    account: accountRef,
    name: T.String({
      title: 'the name of an IAM role, with its path if it has one, such as daypass-admin',
      description: 'Name of the role, without the ARN. With a path: team/daypass-admin.',
      pattern: '^(?:[A-Za-z0-9_+=,.@-]{1,128}/){0,8}[A-Za-z0-9_+=,.@-]{1,64}$',
    }),
    externalId: T.Optional(
      T.String({
        title: 'an external id of 2 to 1224 characters, as text',
        description: "The sts:ExternalId that the role's trust policy asks for.",
        minLength: 2,
        maxLength: 1224,
        pattern: '^[A-Za-z0-9_+=,.@:/-]+$',
      }),
    ),
    maxSession: T.Optional(
      duration("The role's MaxSessionDuration in AWS.", ranges.awsSession, defaults.awsSessionSeconds),
    ),
  },
  { ...closed, title: 'a map with account and name', description: 'Give access by assuming this role.' },
);

const permissionSet = T.Object(
  {
    account: accountRef,
    arn: T.String({
      title: 'the ARN of a permission set (arn:aws:sso:::permissionSet/ssoins-…/ps-…)',
      pattern: '^arn:aws[a-z-]*:sso:::permissionSet/(?:sso)?ins-[a-zA-Z0-9.-]{16}/ps-[a-zA-Z0-9./-]{16}$',
    }),
    session: T.Optional(
      duration(
        'The session duration set on the permission set in AWS: what is open when a grant ends lasts that long.',
        ranges.awsSession,
        defaults.awsSessionSeconds,
      ),
    ),
  },
  {
    ...closed,
    title: 'a map with account and arn',
    description: 'Give access by assigning this IAM Identity Center permission set.',
  },
);

const forRoles = 'Roles only: nothing limits the sessions of a permission set but its own policies.';

export const EntitlementEntry = T.Object(
  {
    description: text(
      'a description, as text',
      maxDescriptionLength,
      'One line for the people who ask and approve.',
    ),
    role: T.Optional(role),
    permissionSet: T.Optional(permissionSet),
    ask: AskEntry,
    approve: ApproveEntry,
    rules: T.Optional(Rules),
    breakGlass: T.Optional(breakGlassEntry(level)),
    ...reviewFields,
    maxDuration: duration('The longest grant that may be asked for.', ranges.maxDuration),
    sessionDuration: T.Optional(
      duration(
        `Lifetime of one session; sessions are renewed while the grant lives. ${forRoles}`,
        ranges.sessionDuration,
        defaults.sessionSeconds,
      ),
    ),
    requestExpires: T.Optional(
      duration(
        'A request that nobody answered expires after this.',
        ranges.requestExpires,
        defaults.requestExpiresSeconds,
      ),
    ),
    assurance: T.Optional(
      T.Object(
        {
          ask: T.Optional(assurance('Demanded of whoever asks.', defaultAssurance.ask)),
          approve: T.Optional(assurance('Demanded of whoever approves or denies.', defaultAssurance.approve)),
          issue: T.Optional(
            assurance('Demanded before the first session of a grant is issued.', defaultAssurance.issue),
          ),
        },
        { ...closed, title: 'a map with ask, approve and issue' },
      ),
    ),
    ticket: T.Optional(
      T.String({
        title: 'a regular expression, in quotes',
        description:
          'The whole ticket must match; tickets have at most 100 characters. Plain characters, classes, groups, alternatives and limited repetition: "OPS-[0-9]+". Left out: no ticket is needed.',
        minLength: 1,
        maxLength: 200,
      }),
    ),
    ticketValidated: T.Optional(
      T.Boolean({
        title: 'true or false',
        description:
          'Must the ticket validator of TICKET_VALIDATOR_URL say that the ticket is good? Needs ticket. While it cannot be asked, nobody can ask for this.',
        default: false,
      }),
    ),
    allowOnward: T.Optional(
      T.Boolean({
        title: 'true or false',
        description: `May a session assume other roles (sts:AssumeRole)? ${forRoles}`,
        default: false,
      }),
    ),
    allowIamWrite: T.Optional(
      T.Boolean({
        title: 'true or false',
        description: `May a session make lasting ways in: access keys, IAM users, login profiles, trust policies? ${forRoles}`,
        default: false,
      }),
    ),
    roleWideDeny: T.Optional(
      T.Boolean({
        title: 'true or false',
        description: `When more grants end early than the account's boundary policy has room for (some 540): may everybody's older sessions of this role be denied, for ending any? All entitlements of a role must say the same. ${forRoles}`,
        default: false,
      }),
    ),
    conditions: T.Optional(Conditions),
    choices: T.Optional(Choices),
    choiceRequired: T.Optional(
      T.Boolean({
        title: 'true or false',
        description: 'Must one of the choices be picked? Otherwise all of it can be asked for, too.',
        default: false,
      }),
    ),
    actions: T.Optional(
      actionList(
        'What the role or permission set itself allows, for `daypass find`. Nothing enforces it: AWS knows better.',
        300,
      ),
    ),
  },
  {
    ...closed,
    title: 'a map that describes an entitlement',
    oneOf: [{ required: ['role'] }, { required: ['permissionSet'] }],
  },
);

const Account = T.Object(
  {
    id: T.String({
      title: 'an account id of 12 digits in quotes, such as "111122223333"',
      description: 'In quotes: without them YAML reads a number and drops leading zeros.',
      pattern: '^[0-9]{12}$',
    }),
    name: T.Optional(text('a name, as text', 100, 'What people see. Left out: the name of the entry.')),
    alias: T.Optional(
      T.String({
        title: 'an account alias as AWS has it, such as example-prod',
        description:
          "The account's alias in AWS. Where it has another one, nothing in it is approved. Left out: any.",
        // IAM API reference, CreateAccountAlias.
        pattern: '^(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$',
      }),
    ),
    ...accountFacts,
  },
  { ...closed, title: 'a map with id and name' },
);

/** The shape of the file. What a shape cannot say (names that must exist, ranges, guardrails) is in check.ts. */
export const CatalogFile = T.Object(
  {
    version: T.Literal(1, { title: '1', description: 'The version of this format.' }),
    groups: groupList('Every group that the rules may name: a name outside this list is an error.', 10_000),
    people: T.Optional(People),
    outside: T.Optional(Outside),
    onCall: T.Optional(OnCall),
    accounts: T.Record(T.String(), Account, {
      title: 'a map of accounts',
      description: 'AWS accounts by the name that entitlements use for them.',
      propertyNames: { pattern: accountKeyPattern, maxLength: 50 },
      minProperties: 1,
    }),
    ruleSets: T.Optional(ruleSets(EntitlementEntry)),
    entitlements: T.Optional(
      T.Record(T.String(), writtenEntitlement(EntitlementEntry), {
        title: 'a map of entitlements',
        description: 'What may be asked for, by id: a path in lower case such as prod/admin.',
        propertyNames: { pattern: idPattern, maxLength: maxIdLength },
        minProperties: 1,
      }),
    ),
    fleets: T.Optional(fleets(EntitlementEntry)),
    bundles: T.Optional(Bundles),
  },
  {
    ...closed,
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Daypass catalog',
    anyOf: [{ required: ['fleets'] }, { required: ['entitlements'] }],
    description: 'What may be asked for and under which rules.',
  },
);
/** A file in which rule sets and fleets have been written out (expand-fleets.ts). */
export type CatalogFile = Omit<Static<typeof CatalogFile>, 'entitlements' | 'ruleSets' | 'fleets'> & {
  readonly entitlements: Readonly<Record<string, EntitlementEntry>>;
};
export type EntitlementEntry = Static<typeof EntitlementEntry>;
export type AssuranceEntry = Static<ReturnType<typeof assurance>>;

/** The JSON Schema of the file for editors: the text of catalog.schema.json, with a final newline. */
export function catalogJsonSchema(): string {
  return `${JSON.stringify(CatalogFile, null, 2)}\n`;
}
