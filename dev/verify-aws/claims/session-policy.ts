import { NotLentError, type LendInput, type Lent } from '../lend.ts';
import { allHold, type Claim, fails, holds } from '../claim.ts';
import { estimatedPercent } from '../../../src/catalog/policy/size.ts';
import { maxPolicyCharacters } from '../../../src/catalog/policy/render.ts';
import type { Site } from '../site.ts';

// Every way of making a session policy that the catalog knows, the longest ones last.
const variants: Readonly<Record<string, LendInput>> = {
  guards: {},
  allowOnward: { allowOnward: true },
  allowIamWrite: { allowIamWrite: true },
  'allowOnward and allowIamWrite': { allowOnward: true, allowIamWrite: true },
  addresses: { conditions: { addresses: ['203.0.113.0/24', '2001:db8::/32'] } },
  'VPC endpoints': { conditions: { vpcEndpoints: ['vpce-0123456789abcdef0'] } },
  regions: { conditions: { regions: ['eu-central-1', 'eu-west-1'] } },
  tls: { conditions: { tls: true } },
  'resource tags': { conditions: { resourceTags: { team: ['data', 'web'] }, untagged: ['ec2:Describe*'] } },
  assurance: { conditions: { assurance: 'multi-factor' } },
  'a choice': {
    allow: {
      actions: ['s3:GetObject', 's3:ListBucket'],
      resources: ['arn:aws:s3:::example', 'arn:aws:s3:::example/*'],
    },
  },
  'a choice by resource tag': {
    allow: { actions: ['ec2:*'], resources: ['*'], resourceTags: { team: ['data'] } },
  },
  'all conditions together': {
    conditions: {
      addresses: ['203.0.113.0/24'],
      vpcEndpoints: ['vpce-0123456789abcdef0'],
      regions: ['eu-central-1'],
      tls: true,
      resourceTags: { team: ['data'] },
      assurance: 'multi-factor',
    },
  },
};

interface Tried {
  readonly name: string;
  readonly lent: Lent | null;
  readonly fault: string;
}

function tryVariants(site: Site): Promise<readonly Tried[]> {
  return site.once('variants', async () => {
    const tried: Tried[] = [];
    for (const [name, input] of Object.entries(variants)) tried.push(await tryOne(site, name, input));
    return tried;
  });
}

async function tryOne(site: Site, name: string, input: LendInput): Promise<Tried> {
  try {
    return { name, lent: await site.lend(input), fault: '' };
  } catch (error) {
    if (error instanceof NotLentError && error.fault.kind === 'refused') {
      return { name, lent: null, fault: `${name}: ${error.fault.code}` };
    }
    throw error;
  }
}

export const acceptedPolicies: Claim = {
  id: 'session-policy.accepted',
  says: 'STS accepts the session policy in every form that the catalog can give it, with six tags and a source identity.',
  source: 'AWS STS API reference, AssumeRole, Policy',
  how: 'A session of the target role is lent with each form: guards, both exceptions, each condition, choices, all together.',
  needs: [],
  async look(site) {
    const tried = await tryVariants(site);
    const sizes = tried.map(({ lent }) => lent?.sizes);
    const all = (pick: (size: NonNullable<Lent['sizes']>) => number | null) =>
      sizes.flatMap((size) => (size === undefined || size === null ? [] : (pick(size) ?? [])));
    return allHold(
      `STS accepted ${tried.length} forms: ${tried.map(({ name }) => name).join(', ')}.`,
      tried.flatMap(({ lent, fault }) => (lent === null ? [fault] : [])),
      {
        'policy, characters': tried.flatMap(({ lent }) => lent?.policy.length ?? []),
        'PackedPolicySize, percent': all((size) => size.packedPolicySize),
        'SessionTokenUtilization, percent': all((size) => size.tokenUtilization),
        'SessionTokenSize, bytes': all((size) => size.tokenSize),
      },
    );
  },
};

export const estimatedSize: Claim = {
  id: 'session-policy.estimate',
  says: 'The share of the packed limit that Daypass reckons with at catalog load is never below what STS reports.',
  source: 'AWS STS API reference, AssumeRole, PackedPolicySize and SessionTokenUtilization',
  how: 'For each form, the estimate for its very policy and tags is compared with what STS answered.',
  needs: [],
  async look(site) {
    const compared = (await tryVariants(site)).flatMap(({ name, lent }) => {
      const said = lent?.sizes?.packedPolicySize ?? lent?.sizes?.tokenUtilization ?? null;
      if (lent === null || said === null) return [];
      return [{ name, said, estimate: estimatedPercent(lent.policy, lent.names.tags) }];
    });
    if (compared.length === 0) return { kind: 'unclear', seen: 'STS reported no size.' };
    return allHold(
      `The estimate was at or above what STS said for ${compared.length} forms.`,
      compared.flatMap(({ name, said, estimate }) =>
        estimate >= said ? [] : [`${name}: STS says ${said} percent, the estimate is ${estimate}`],
      ),
      {
        'estimate, percent': compared.map(({ estimate }) => estimate),
        'by STS, percent': compared.map(({ said }) => said),
      },
    );
  },
};

export const longestPolicy: Claim = {
  id: 'session-policy.length',
  says: `A session policy of ${maxPolicyCharacters} characters is accepted, and one of one more is refused.`,
  source: 'AWS STS API reference, AssumeRole, Policy: length constraints',
  how: 'A policy of Daypass is filled up with blanks to both lengths.',
  needs: [],
  async look(site) {
    const { policy } = await site.lend();
    const filled = (length: number): LendInput => ({ policy: () => policy.padEnd(length) });
    const longest = await tryOne(site, 'the longest', filled(maxPolicyCharacters));
    const tooLong = await tryOne(site, 'too long', filled(maxPolicyCharacters + 1));
    if (longest.lent === null)
      return fails(`${maxPolicyCharacters} characters were refused: ${longest.fault}.`);
    if (tooLong.lent !== null) return fails(`${maxPolicyCharacters + 1} characters were accepted.`);
    return holds(`One character too many was refused (${tooLong.fault}).`);
  },
};
