import { GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import { newId } from '../../../src/db/ids.ts';
import { allHold, type Claim, unclear } from '../claim.ts';
import type { Lent } from '../lend.ts';
import { type Answer, settle } from '../probe.ts';
import type { Session } from '../session.ts';
import type { Site } from '../site.ts';

interface Round {
  /** Seconds until all calls of the ended session are denied; null: they never were. */
  readonly deniedAfter: number | null;
  /** Which policies AWS named as denying. */
  readonly deniedBy: ReadonlySet<string>;
  readonly identity: Answer | null;
  /** Answers of the neighbours that were not a yes. */
  readonly hit: readonly string[];
  /** Seconds until the session works again once the deny is gone; null: it did not. */
  readonly backAfter: number | null;
}

type Rounds = { readonly rounds: readonly Round[] } | { readonly reason: string };

function endEarly(site: Site): Promise<Rounds> {
  return site.once('early ends', async () => {
    const rounds: Round[] = [];
    for (let n = 0; n < site.options.rounds; n++) {
      const round = await endOne(site);
      if (typeof round === 'string') return { reason: round };
      rounds.push(round);
      if (round.deniedAfter === null) break;
    }
    return { rounds };
  });
}

async function endOne(site: Site): Promise<Round | string> {
  const personId = newId('prs', site.clock());
  const ended = await site.lend({ personId });
  const others = [await site.lend({ personId }), await site.lend()];
  const session = site.session(ended.credentials);
  const neighbours = others.map(({ credentials }) => site.session(credentials));
  for (const { probes } of [session, ...neighbours]) {
    const answers = await Promise.all(probes.map((probe) => probe.ask()));
    const bad = answers.find(({ kind }) => kind !== 'allowed');
    if (bad !== undefined) return `A call that the role must allow was not allowed: ${bad.text}`;
  }
  const hit: string[] = [];
  await site.boundary.put(site.boundary.withDenied([deniedRole(site, ended)]));
  const gone = await settle(session.probes, 'denied', site.patience, async () => {
    for (const neighbour of neighbours) hit.push(...(await notAllowed(neighbour)));
  });
  const identity = await session.ask((abortSignal) =>
    session.sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
  );
  await site.boundary.put(site.boundary.original);
  const back = gone.seconds === null ? null : await settle(session.probes, 'allowed', site.patience);
  return {
    deniedAfter: gone.seconds,
    deniedBy: new Set(gone.answers.flatMap(({ deniedBy }) => deniedBy ?? [])),
    identity,
    hit,
    backAfter: back?.seconds ?? null,
  };
}

/** What Daypass writes for a grant that ended now. */
export function deniedRole(site: Site, lent: Lent) {
  const now = site.clock();
  return {
    kind: 'role' as const,
    grantId: lent.grantId,
    createdAt: now,
    lapsesAt: new Date(now.getTime() + 3_600_000),
    confirmed: false,
    code: lent.code,
    roleArn: site.roleArn,
    roleWideAllowed: false,
  };
}

async function notAllowed({ probes }: Session): Promise<string[]> {
  const answers = await Promise.all(probes.map((probe) => probe.ask()));
  return answers.filter(({ kind }) => kind === 'denied').map(({ text }) => text);
}

function claim(
  id: string,
  texts: Pick<Claim, 'says' | 'source' | 'how'>,
  judge: (rounds: readonly Round[]) => ReturnType<typeof allHold>,
): Claim {
  return {
    id,
    ...texts,
    needs: [],
    async look(site) {
      const found = await endEarly(site);
      return 'reason' in found ? unclear(found.reason) : judge(found.rounds);
    },
  };
}

const seconds = (values: readonly (number | null)[]) => values.filter((value) => value !== null);

export const deniedByCode = claim(
  'early-end.denied',
  {
    says: 'Credentials that somebody kept are denied everything once their grant’s code stands in the boundary policy.',
    source:
      'IAM User Guide, "AWS global condition context keys", aws:PrincipalTag; "Permissions boundaries for IAM entities"',
    how: 'A session lists buckets and account aliases; the deny that Daypass writes is put in force; both are called until they are denied five times on end. The time is measured --rounds times.',
  },
  (rounds) =>
    allHold(
      `Denied every time; AWS names as the reason: ${[...new Set(rounds.flatMap(({ deniedBy }) => [...deniedBy]))].join(', ') || 'nothing'}.`,
      rounds.flatMap(({ deniedAfter }) =>
        deniedAfter === null ? ['the session was not denied in time'] : [],
      ),
      { 'in force after, seconds': seconds(rounds.map(({ deniedAfter }) => deniedAfter)) },
    ),
);

export const neighboursUntouched = claim(
  'early-end.others',
  {
    says: 'The deny touches neither the same person’s other grant nor another person’s session of the same role.',
    source: 'IAM User Guide, "AWS global condition context keys", aws:PrincipalTag',
    how: 'While the deny spreads, one session of each calls all the time.',
  },
  (rounds) =>
    allHold(
      'No call of a neighbour was denied.',
      rounds.flatMap(({ hit }) => hit.slice(0, 1)),
    ),
);

export const identitySurvives = claim(
  'early-end.caller-identity',
  {
    says: 'GetCallerIdentity goes on answering under the deny: what takes it as a proof sees the session until it expires.',
    source: 'AWS STS API reference, GetCallerIdentity',
    how: 'It is called with the credentials that are denied everything else.',
  },
  (rounds) =>
    allHold(
      'It answered every time.',
      rounds.flatMap(({ identity, deniedAfter }) =>
        identity?.kind === 'allowed' && deniedAfter !== null
          ? []
          : [
              deniedAfter === null
                ? 'the session was never denied'
                : (identity?.text ?? 'nothing was answered'),
            ],
      ),
    ),
);

export const worksAgain = claim(
  'early-end.removed',
  {
    says: 'It is the deny that does it: without it the same credentials work again.',
    source: 'IAM User Guide, "Policy evaluation logic"',
    how: 'The document is put back, and the same session calls until it is answered five times on end.',
  },
  (rounds) =>
    allHold(
      'The sessions worked again.',
      rounds.flatMap(({ backAfter }) =>
        backAfter === null ? ['the session did not work again in time'] : [],
      ),
      { 'works again after, seconds': seconds(rounds.map(({ backAfter }) => backAfter)) },
    ),
);
