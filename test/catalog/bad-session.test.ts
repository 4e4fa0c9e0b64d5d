import { describe, expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';
import { sessionChanged, sessionSample } from './session-sample.ts';

function problems(source: string): string[] {
  const result = parseCatalog(source);
  return result.ok ? [] : result.problems.map(({ line, message }) => `${line}: ${message}`);
}

test('the sample is sound', () => {
  expect(problems(sessionSample)).toEqual([]);
});

describe('what cannot work is refused, with the line and what to do', () => {
  test.each<[string, string, string, RegExp]>([
    ['every address', '203.0.113.0/24', '0.0.0.0/0', /^14: '0.0.0.0\/0' is every address/],
    ['a private range', '203.0.113.0/24', '10.0.0.0/8', /^14: .*is private.*vpcEndpoints/],
    ['host bits', '203.0.113.0/24', '203.0.113.9/24', /^14: .*beyond its length/],
    ['no range', '203.0.113.0/24', '203.0.113.999/24', /^14: .*no address range/],
    ['no endpoint', 'vpce-0123456789abcdef0', 'vpc-1', /^15: .*VPC endpoint/],
    ['no region', 'regions: [eu-west-1]', 'regions: [Ireland]', /^16: .*region such as/],
    [
      'a weak level',
      'assurance: multi-factor',
      'assurance: single-factor',
      /^18: .*multi-factor or phishing-resistant/,
    ],
    ['no time zone', 'Europe/Berlin', 'Europe/Atlantis', /^19: no time zone is named/],
    ['an empty window', 'to: "18:00"', 'to: "08:00"', /^19: .*are the same/],
    ['a time that is none', '"18:00"', '"25:00"', /^19: .*a time in quotes/],
    ['a day that is none', '[mon, tue', '[monday, tue', /^19: .*a day: mon/],
    ['untagged without tags', '      tls: true', '      untagged: ["ec2:*"]', /^17: 'untagged' says what/],
    ['an action that is none', '"ecs:*"', '"ecs"', /an action such as/],
    [
      'an unknown place',
      '"arn:aws:s3:::{bucket}/*"',
      '"arn:aws:s3:::{buckets}/*"',
      /no parameter is named 'buckets'.*did you mean 'bucket'/,
    ],
    ['a policy variable', '"arn:aws:s3:::{bucket}/*"', '"arn:aws:s3:::${aws:username}/*"', /an ARN such as/],
    ['a resource that is no ARN', '"arn:aws:s3:::{bucket}/*"', '"{bucket}/*"', /an ARN such as/],
    [
      'a parameter nobody uses',
      '"arn:aws:s3:::{bucket}", "arn:aws:s3:::{bucket}/*"',
      '"*"',
      /parameter 'bucket' is not used/,
    ],
    ['an unknown type', 'type: s3-bucket', 'type: bucket', /a type of parameter/],
    ['a tag value in an ARN', 'type: s3-bucket', 'type: tag-value', /can hold what ends a part of an ARN/],
    [
      'a listed value that does not fit',
      'values: [data, ml]',
      'values: ["da*", ml]',
      /'da\*' must be the value of a tag/,
    ],
    ['too long a maximum', 'maxLength: 32', 'maxLength: 500', /at most 255/],
    [
      'a taken name',
      'region: { type: region',
      'account: { type: region',
      /'account' is the id of the account already/,
    ],
    ['a choice name', 'read-only:', 'Read_Only:', /choice name 'Read_Only' must be/],
    [
      'nothing to choose from',
      'choiceRequired: true\n    actions: ["s3:*"]\n    choices:\n      look:\n        description: Looking\n        actions: ["s3:GetObject"]',
      'choiceRequired: true',
      /'choiceRequired' needs 'choices'/,
    ],
    ['a bundle with a slash', 'data-scientist:', 'data/scientist:', /bundle name 'data\/scientist' must be/],
    ['a bundle of nothing', '[prod/data, secret/vault]', '[]', /empty list/],
    [
      'a member that does not exist',
      '[prod/data, secret/vault]',
      '[prod/dat]',
      /no entitlement is named 'prod\/dat'.*did you mean/,
    ],
    ['a member twice', '[prod/data, secret/vault]', '[prod/data, prod/data]', /listed twice/],
  ])('%s', (_name, from, to, message) => {
    const found = problems(sessionChanged(from, to));
    expect(
      found.some((line) => message.test(line)),
      found.join('\n'),
    ).toBe(true);
  });

  test('permission sets take neither conditions nor choices', () => {
    const found = problems(
      sessionChanged(
        'role: { account: prod, name: daypass-data }',
        'permissionSet: { account: prod, arn: "arn:aws:sso:::permissionSet/ssoins-7223a1b2c3d4e5f6/ps-a1b2c3d4e5f6a7b8" }',
      ),
    );
    expect(found).toContainEqual(expect.stringMatching(/'conditions' has no effect on a permission set/));
    expect(found).toContainEqual(expect.stringMatching(/'choices' has no effect on a permission set/));
  });
});

describe('sizes', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => `198.51.100.${i * 4}/30`).join(', ');
  const long = `actions: [${Array.from({ length: 60 }, (_, i) => `"dynamodb:DescribeSomethingThatIsLong${i}"`).join(', ')}]`;

  test('a policy that cannot fit is refused where it is written, with its size and what to do', () => {
    expect(problems(sessionChanged('actions: ["ecs:*"]', long))).toContainEqual(
      expect.stringMatching(
        /^36: the session policy of choice 'one-cluster' can have [0-9]+ characters, and STS takes 2048: take actions/,
      ),
    );
  });

  test('the longest value of every parameter counts', () => {
    const resources = `resources: [${Array.from({ length: 9 }, (_, i) => `"arn:aws:ecs:{region}:{account}:*/{cluster}/${i}"`).join(', ')}]`;
    const from = sessionSample.slice(
      sessionSample.indexOf('resources: ["arn:aws:ecs'),
      sessionSample.indexOf('\n', sessionSample.indexOf('resources: ["arn:aws:ecs')),
    );
    const source = sessionChanged(from, resources);
    expect(problems(source)).toEqual([]);
    expect(problems(source.replace('maxLength: 32', 'maxLength: 255'))).toContainEqual(
      expect.stringMatching(/lower a parameter's maxLength/),
    );
  });

  test('conditions count for the whole entitlement, too', () => {
    expect(problems(sessionChanged('203.0.113.0/24', many(8)))).toEqual([]);
    const tags = Array.from(
      { length: 5 },
      (_, i) =>
        `k${i}: [${Array.from({ length: 5 }, (__, j) => `value-number-${i}-${j}-of-a-tag`).join(', ')}]`,
    );
    expect(
      problems(sessionChanged('      tls: true', `      resourceTags: { ${tags.join(', ')} }`)),
    ).toContainEqual(
      expect.stringMatching(/^13: the session policy of 'prod\/data' can have [0-9]+ characters.*list fewer/),
    );
  });
});

describe('warnings do not keep a catalog from being loaded', () => {
  const warned = (source: string) => {
    const result = parseCatalog(source);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    return result.warnings.map(({ line, message }) => `${line}: ${message}`);
  };

  test('none for the sample', () => {
    expect(warned(sessionSample)).toEqual([]);
  });

  test('sessions that SDKs renew at once', () => {
    expect(warned(sessionChanged('maxDuration: 4h', 'maxDuration: 4h\n    sessionDuration: 15m'))).toEqual([
      expect.stringMatching(/^13: the AWS CLI and boto3 renew credentials from 15 minutes before/),
    ]);
  });

  test('a demand at AWS that issuing does not make', () => {
    expect(warned(sessionChanged('assurance: multi-factor', 'assurance: phishing-resistant'))).toEqual([
      expect.stringMatching(
        /^18: sessions may be issued on multi-factor, and AWS then denies them everything/,
      ),
    ]);
  });

  test('a choice that narrows nothing, and one that the role is not said to allow', () => {
    expect(
      warned(sessionChanged('actions: ["s3:Get*", "s3:List*", "dynamodb:GetItem"]', 'actions: ["*"]')),
    ).toEqual([expect.stringMatching(/narrows nothing/)]);
    expect(warned(sessionChanged('actions: ["s3:GetObject"]', 'actions: ["ec2:RunInstances"]'))).toEqual([
      expect.stringMatching(/does not say that its role allows ec2:RunInstances/),
    ]);
  });
});
