import { GetRoleCommand } from '@aws-sdk/client-iam';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import type { SessionConditions } from '../../../src/catalog/types.ts';
import { allHold, type Claim, type Need, type Verdict } from '../claim.ts';
import type { LendInput } from '../lend.ts';
import type { Answer, Probe } from '../probe.ts';
import type { Session } from '../session.ts';
import type { Site } from '../site.ts';

// Reserved for documentation (RFC 5737): nobody calls from there.
const nowhere = '203.0.113.0/24';
const everywhere = ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'];

interface Expected {
  readonly name: string;
  readonly input: LendInput;
  readonly probe: (session: Session) => Probe;
  readonly kind: Answer['kind'];
}

async function expectAll(site: Site, cases: readonly Expected[]): Promise<Verdict> {
  const faults: string[] = [];
  for (const { name, input, probe, kind } of cases) {
    const answer = await probe(site.session((await site.lend(input)).credentials)).ask();
    if (answer.kind !== kind)
      faults.push(`${name}: expected ${kind}, and it was ${answer.text || answer.kind}`);
    else if (kind === 'denied' && answer.deniedBy !== null && answer.deniedBy !== 'session policy')
      faults.push(`${name}: denied by a ${answer.deniedBy}`);
  }
  return allHold(cases.map(({ name, kind }) => `${name}: ${kind}`).join('; '), faults);
}

const buckets = ({ listBuckets }: Session): Probe => listBuckets;
const on = (
  kind: Answer['kind'],
  name: string,
  conditions: SessionConditions,
  probe: Expected['probe'] = buckets,
): Expected => ({ kind, name, input: { conditions }, probe });

function claim(
  id: string,
  [says, source, how]: readonly [string, string, string],
  needs: readonly Need[],
  cases: (site: Site) => readonly Expected[],
): Claim {
  return { id, says, source, how, needs, look: (site) => expectAll(site, cases(site)) };
}

const keys = 'IAM User Guide, "AWS global condition context keys"';

export const addresses = claim(
  'conditions.addresses',
  [
    'A session works from the address ranges of its entitlement and from nowhere else; through a VPC endpoint it has no address at all.',
    `${keys}, aws:SourceIp`,
    'Buckets are listed by a session for all addresses, and by one for a range that is nobody’s. With --vpc-endpoint both must be denied.',
  ],
  [],
  ({ options }) => [
    on(options.vpcEndpoint === null ? 'allowed' : 'denied', 'all addresses', { addresses: everywhere }),
    on('denied', nowhere, { addresses: [nowhere] }),
  ],
);

export const vpcEndpoints = claim(
  'conditions.vpc-endpoint',
  [
    'A session works through the VPC endpoints of its entitlement, beside its address ranges, and through no other.',
    `${keys}, aws:SourceVpce`,
    'Through the endpoint that --vpc-endpoint names, buckets are listed by a session for it and by one for another.',
  ],
  ['vpc-endpoint'],
  ({ options }) => [
    on('allowed', 'this endpoint', { vpcEndpoints: [options.vpcEndpoint ?? ''], addresses: [nowhere] }),
    on('denied', 'another endpoint', { vpcEndpoints: ['vpce-00000000000000000'] }),
  ],
);

export const regions = claim(
  'conditions.regions',
  [
    'A session works in the regions of its entitlement alone, and with services that have one endpoint for the world.',
    `${keys}, aws:RequestedRegion; AWS Organizations User Guide, "Deny access to AWS based on the requested AWS Region"`,
    'The bucket is listed by a session for its region and by one for another; the other one still lists all buckets and the aliases in IAM.',
  ],
  ['bucket'],
  (site) => {
    const bucket = ({ listObjects }: Session): Probe => listObjects(site.options.bucket ?? '');
    const here = site.connectRegion;
    const elsewhere = here === 'eu-south-2' ? 'eu-central-2' : 'eu-south-2';
    return [
      on('allowed', `the bucket, for ${here}`, { regions: [here] }, bucket),
      on('denied', `the bucket, for ${elsewhere}`, { regions: [elsewhere] }, bucket),
      on('allowed', `all buckets, for ${elsewhere}`, { regions: [elsewhere] }),
      on('allowed', `IAM, for ${elsewhere}`, { regions: [elsewhere] }, ({ listAliases }) => listAliases),
    ];
  },
);

export const tls = claim(
  'conditions.tls',
  [
    'A session that demands TLS is denied without it.',
    `${keys}, aws:SecureTransport`,
    'Buckets are listed once over http by a session that demands TLS, which sends its token in the clear, and once over https.',
  ],
  ['plain-http'],
  () => [
    on('allowed', 'with TLS', { tls: true }),
    on('denied', 'without TLS', { tls: true }, (session) => ({
      name: 's3:ListAllMyBuckets over http',
      ask: () =>
        session.ask((abortSignal) => session.plainS3().send(new ListBucketsCommand({}), { abortSignal })),
    })),
  ],
);

function getRole(name: string): (session: Session) => Probe {
  const RoleName = name.slice(name.lastIndexOf('/') + 1);
  return (session) => ({
    name: 'iam:GetRole',
    ask: () =>
      session.ask((abortSignal) => session.iam.send(new GetRoleCommand({ RoleName }), { abortSignal })),
  });
}

export const untagged = claim(
  'conditions.untagged',
  [
    'What has no such tag is denied to a session for tagged resources, unless the catalog lists the action as untagged.',
    `${keys}, aws:ResourceTag; "Condition operators": StringNotEquals of a missing key`,
    'Buckets and aliases, which carry no tags as a list, are listed by such a session; with the one of them listed as untagged.',
  ],
  [],
  () => {
    const resourceTags = { 'daypass-verify': ['none'] };
    return [
      on('denied', 'all buckets', { resourceTags }),
      on('allowed', 'all buckets, listed as untagged', { resourceTags, untagged: ['s3:ListAllMyBuckets'] }),
      on(
        'denied',
        'aliases, not listed',
        { resourceTags, untagged: ['s3:ListAllMyBuckets'] },
        (s) => s.listAliases,
      ),
    ];
  },
);

export const tagged = claim(
  'conditions.resource-tags',
  [
    'A resource that carries the tag is let through, and with another value of it denied.',
    `${keys}, aws:ResourceTag`,
    'The target role, which carries the tag that --tag names, is read.',
  ],
  ['tag'],
  ({ options }) => {
    const { key, value } = options.tag ?? { key: '', value: '' };
    const probe = getRole(options.targetRole);
    return [
      on('allowed', 'its own value', { resourceTags: { [key]: [value] } }, probe),
      on('denied', 'another value', { resourceTags: { [key]: [`${value}-other`] } }, probe),
    ];
  },
);

export const assurance = claim(
  'conditions.assurance',
  [
    'A session that was issued on too little assurance is denied what demands more.',
    `${keys}, aws:PrincipalTag`,
    'Buckets are listed with the tag of the level that is demanded, and of the one below.',
  ],
  [],
  () => {
    const conditions: SessionConditions = { assurance: 'phishing-resistant' };
    return [
      {
        kind: 'allowed',
        name: 'enough',
        probe: buckets,
        input: { conditions, assurance: 'phishing-resistant' },
      },
      {
        kind: 'denied',
        name: 'too little',
        probe: buckets,
        input: { conditions, assurance: 'multi-factor' },
      },
    ];
  },
);

export const choice = claim(
  'conditions.choice',
  [
    'A session for one bucket reaches that bucket and nothing else of what the role may.',
    'IAM User Guide, "Policies and permissions": a session’s permissions are the intersection',
    'The bucket is listed by a session narrowed to it; then all buckets.',
  ],
  ['bucket'],
  ({ options }) => {
    const name = options.bucket ?? '';
    const allow = {
      actions: ['s3:ListBucket', 's3:GetObject'],
      resources: [`arn:aws:s3:::${name}`, `arn:aws:s3:::${name}/*`],
    };
    return [
      {
        kind: 'allowed',
        name: 'the bucket',
        input: { allow },
        probe: ({ listObjects }) => listObjects(name),
      },
      { kind: 'denied', name: 'all buckets', input: { allow }, probe: buckets },
    ];
  },
);
