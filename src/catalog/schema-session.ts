import { Type as T } from 'typebox';
import { parameterTypes } from './parameters.ts';
import { weekDays } from './types.ts';

// What narrows the sessions of an entitlement: its part of the file's shape.

const closed = { additionalProperties: false };
/** Actions as IAM writes them: a service and a name, either of which may end early with a wildcard. */
export const actionPattern = '^(?:\\*|[a-z0-9-]{1,63}:[A-Za-z0-9*?]{1,128})$';
const tagText = '[A-Za-z0-9 _.:/=+@-]';
export const tagKeyPattern = `^${tagText}{1,128}$`;
export const tagValuePattern = `^${tagText}{1,256}$`;
// A value, or a place for one such as {team}.
const tagTemplatePattern = '^(?:[A-Za-z0-9 _.:/=+@-]|\\{[a-z][A-Za-z0-9]*\\}){1,256}$';
// Six parts, the account and region of which may be left out; places for values such as {bucket}; never a policy variable.
const resourcePattern =
  '^(?:\\*|arn:aws[a-z-]*:[a-z0-9-]+(?::(?:[A-Za-z0-9*?-]|\\{[a-z][A-Za-z0-9]*\\})*){2}:(?:[A-Za-z0-9_+=,.@:/#*?~-]|\\{[a-z][A-Za-z0-9]*\\})+)$';
export const choiceNamePattern = '^[a-z0-9][a-z0-9-]*$';
export const parameterNamePattern = '^[a-z][A-Za-z0-9]*$';
export const bundleNamePattern = '^[a-z0-9][a-z0-9-]*$';
export const maxNameLength = 50;

/** Actions as IAM writes them. */
export function actionList(description: string, maxItems: number) {
  return T.Array(T.String({ title: 'an action such as s3:GetObject or s3:Get*', pattern: actionPattern }), {
    title: 'a list of actions',
    description,
    minItems: 1,
    maxItems,
  });
}

function texts(title: string, each: string, pattern: string, description: string) {
  return T.Array(T.String({ title: each, pattern }), { title, description, minItems: 1, maxItems: 20 });
}

const time = (title: string, pattern: string, description: string) =>
  T.String({ title, pattern, description });

const Hours = T.Object(
  {
    days: T.Array(T.Enum([...weekDays], { title: 'a day: mon, tue, wed, thu, fri, sat or sun' }), {
      title: 'a list of days',
      description: 'Days on which a window opens.',
      minItems: 1,
      maxItems: 7,
    }),
    from: time(
      'a time in quotes such as "08:00"',
      '^(?:[01][0-9]|2[0-3]):[0-5][0-9]$',
      'From when on, 00:00 to 23:59.',
    ),
    to: time(
      'a time in quotes such as "18:00"',
      '^(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]|24:00)$',
      'Until when, 00:01 to 24:00. Not after `from`: on the next day.',
    ),
    zone: T.String({
      title: 'a time zone such as Europe/Berlin',
      description: 'An IANA time zone; summer time is reckoned with.',
      pattern: '^[A-Za-z][A-Za-z0-9_+/-]{1,63}$',
    }),
  },
  {
    ...closed,
    title: 'a map with days, from, to and zone',
    description: 'Sessions are given out within these hours only, and end with them.',
  },
);

export const Conditions = T.Object(
  {
    addresses: T.Optional(
      texts(
        'a list of address ranges',
        'an address range such as 203.0.113.0/24',
        '^[0-9A-Fa-f.:]{2,45}/[0-9]{1,3}$',
        'Public addresses that calls may come from. Calls through a VPC endpoint have none: list those under vpcEndpoints.',
      ),
    ),
    vpcEndpoints: T.Optional(
      texts(
        'a list of VPC endpoints',
        'the id of a VPC endpoint such as vpce-0123456789abcdef0',
        '^vpce-[0-9a-f]{8,17}$',
        'VPC endpoints that calls may come through.',
      ),
    ),
    regions: T.Optional(
      texts(
        'a list of regions',
        'a region such as eu-west-1',
        '^[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-[0-9]$',
        'Regions that may be used. Services with one endpoint for the whole world stay open.',
      ),
    ),
    tls: T.Optional(
      T.Boolean({ title: 'true or false', description: 'Calls without TLS are denied.', default: false }),
    ),
    resourceTags: T.Optional(
      T.Record(
        T.String(),
        T.Array(T.String({ title: 'the value of a tag, as text', pattern: tagValuePattern }), {
          title: 'a list of values',
          minItems: 1,
          maxItems: 20,
        }),
        {
          title: 'a map from tag keys to lists of values',
          description:
            'Every resource that is touched must carry, for each key, a tag with one of the values. What has no tags is denied, unless `untagged` lets it through.',
          propertyNames: { pattern: tagKeyPattern },
          minProperties: 1,
          maxProperties: 5,
        },
      ),
    ),
    untagged: T.Optional(
      actionList('Actions that resourceTags does not look at: lists, and services without tags.', 30),
    ),
    assurance: T.Optional(
      T.Enum(['multi-factor', 'phishing-resistant'], {
        title: 'an assurance level: multi-factor or phishing-resistant',
        description:
          'AWS denies all to a session that was issued on less, by its tag daypass:assurance. Sessions of a broker carry no aws:MultiFactorAuthPresent.',
      }),
    ),
    hours: T.Optional(Hours),
  },
  {
    ...closed,
    title: 'a map of conditions',
    description: 'What the policy of every session denies besides. Roles only.',
    minProperties: 1,
  },
);

const ParameterEntry = T.Object(
  {
    type: T.Enum(Object.keys(parameterTypes), {
      title: `a type of parameter: ${Object.keys(parameterTypes).join(', ')}`,
      description: 'What kind of value it is: each kind has a form of its own, without wildcards.',
    }),
    description: T.String({
      title: 'a description, as text',
      description: 'What to fill in.',
      minLength: 1,
      maxLength: 200,
      pattern: '^[^\\s\\p{C}][\\P{C}]*$',
    }),
    values: T.Optional(
      T.Array(T.String({ title: 'a value, as text', minLength: 1 }), {
        title: 'a list of values',
        description: 'The only values there are.',
        minItems: 1,
        maxItems: 100,
      }),
    ),
    maxLength: T.Optional(
      T.Integer({
        title: 'a whole number',
        description: 'Most characters: the longest value must fit into the session policy.',
        minimum: 1,
        maximum: 512,
      }),
    ),
  },
  { ...closed, title: 'a map with type and description' },
);

const ChoiceEntry = T.Object(
  {
    description: T.String({
      title: 'a description, as text',
      description: 'One line for the people who pick and approve.',
      minLength: 1,
      maxLength: 200,
      pattern: '^[^\\s\\p{C}][\\P{C}]*$',
    }),
    actions: actionList("Actions that a session may use, of those that the role's own policy allows.", 60),
    resources: T.Optional(
      T.Array(
        T.String({
          title: 'an ARN such as arn:aws:s3:::{bucket}/*, or "*"',
          description: 'With {name} where the value of a parameter goes, and {account} for the account id.',
          pattern: resourcePattern,
          maxLength: 512,
        }),
        {
          title: 'a list of ARNs',
          description: 'Resources that a session may use them on. Left out: all.',
          minItems: 1,
          maxItems: 20,
          default: ['*'],
        },
      ),
    ),
    resourceTags: T.Optional(
      T.Record(
        T.String(),
        T.Array(T.String({ title: 'the value of a tag, as text', pattern: tagTemplatePattern }), {
          title: 'a list of values',
          minItems: 1,
          maxItems: 20,
        }),
        {
          title: 'a map from tag keys to lists of values',
          description: 'Only resources that carry, for each key, a tag with one of the values.',
          propertyNames: { pattern: tagKeyPattern },
          minProperties: 1,
          maxProperties: 5,
        },
      ),
    ),
    parameters: T.Optional(
      T.Record(T.String(), ParameterEntry, {
        title: 'a map of parameters',
        description: 'Values that whoever picks the choice fills in, by name.',
        propertyNames: { pattern: parameterNamePattern, maxLength: maxNameLength },
        minProperties: 1,
        maxProperties: 5,
      }),
    ),
  },
  { ...closed, title: 'a map with description and actions' },
);

export const Choices = T.Record(T.String(), ChoiceEntry, {
  title: 'a map of choices',
  description:
    'Narrower forms that a requester can pick, by name: read-only, one service, one bucket. Roles only.',
  propertyNames: { pattern: choiceNamePattern, maxLength: maxNameLength },
  minProperties: 1,
  maxProperties: 50,
});

/** Most entitlements of a bundle: as many as one request may ask for. */
export const maxBundle = 10;

export const Bundles = T.Record(
  T.String(),
  T.Array(T.String({ title: 'the id of an entitlement' }), {
    title: 'a list of entitlements',
    minItems: 1,
    maxItems: maxBundle,
  }),
  {
    title: 'a map of bundles',
    description:
      'Names, such as those of business roles, that stand for several entitlements in a request. Each keeps its own rules.',
    propertyNames: { pattern: bundleNamePattern, maxLength: maxNameLength },
  },
);
