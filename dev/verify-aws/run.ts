import type { AwsClients } from '../../src/aws/clients.ts';
import { createBoundaryPolicy } from '../../src/aws/boundary-policy.ts';
import { createFederation } from '../../src/aws/federation.ts';
import type { AwsCredentials } from '../../src/aws/identity-check.ts';
import type { OwnNames } from '../../src/catalog/policy/guards.ts';
import { keepBoundary } from './boundary-keeper.ts';
import { type Claim, type Need, skipped, unclear, type Verdict } from './claim.ts';
import { claims } from './claims.ts';
import { checkCaller, RefusedError } from './gate.ts';
import type { VerifyOptions } from './options.ts';
import { readError } from './probe.ts';
import type { Report, Result } from './report.ts';
import type { Connect } from './session.ts';
import { openSite, type Site } from './site.ts';
import { createUndoList, type UndoList } from './undo.ts';

export interface VerifyDeps {
  readonly clients: AwsClients;
  readonly connect: Connect;
  readonly region: string;
  readonly signinEndpoint: URL;
  readonly portal: (() => Promise<AwsCredentials>) | null;
  readonly clock: () => Date;
  /** Waits, whatever happens. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Most to wait for a change to be in force, in seconds. */
  readonly limitSeconds: number;
  /** Breaks the run off; what was changed is put back all the same. */
  readonly signal: AbortSignal;
  /** Keeps the boundary's text somewhere, for the case that this process is killed. Returns how to be rid of it. */
  readonly keep: (document: string) => Promise<() => Promise<void>>;
  /** Told of each result as it comes. */
  readonly say: (result: Result) => void;
}

/**
 * Looks at the claims, one after the other, and puts everything back.
 * @throws RefusedError, and what stands in the way before anything was changed
 */
export async function verify(options: VerifyOptions, deps: VerifyDeps): Promise<Report> {
  const chosen = chooseClaims(options.only);
  const startedAt = deps.clock().toISOString();
  const identity = await deps.clients.identity();
  const broker = checkCaller(identity, options.brokerRoleArn);
  const undo = createUndoList(deps.pause);
  const site = await prepare(options, deps, broker, undo);
  const forget = await deps.keep(site.boundary.original);
  undo.add(`the document of ${site.boundaryArn}`, () => site.boundary.restore());
  const results: Result[] = [];
  for (const claim of chosen) {
    if (deps.signal.aborted) break;
    const verdict = await lookAt(claim, site);
    if (verdict === null) break;
    results.push({ claim, verdict });
    deps.say({ claim, verdict });
  }
  const left = await undo.all();
  if (left.length === 0) await forget();
  return {
    account: options.account,
    region: deps.region,
    role: site.roleArn,
    broker: options.brokerRoleArn,
    startedAt,
    endedAt: deps.clock().toISOString(),
    results,
    left,
    broken: deps.signal.aborted,
  };
}

/** @throws RefusedError when one of them names no claim */
export function chooseClaims(only: readonly string[]): readonly Claim[] {
  const matches = (id: string, part: string) => id === part || id.startsWith(`${part}.`);
  const unknown = only.find((part) => !claims.some(({ id }) => matches(id, part)));
  if (unknown !== undefined) throw new RefusedError(`there is no claim ${unknown}: --list names them`);
  return only.length === 0 ? claims : claims.filter(({ id }) => only.some((part) => matches(id, part)));
}

async function prepare(
  options: VerifyOptions,
  deps: VerifyDeps,
  broker: Site['broker'],
  undo: UndoList,
): Promise<Site> {
  const { clients, signal } = deps;
  const names: OwnNames = {
    boundaryPolicy: options.boundaryPolicy,
    denyWriterRole: options.denyWriterRole,
    inspectorRole: options.inspectorRole,
  };
  const boundaryArn = `arn:aws:iam::${options.account}:policy/${options.boundaryPolicy}`;
  const wait = async (milliseconds: number): Promise<void> => {
    signal.throwIfAborted();
    await deps.pause(milliseconds);
    signal.throwIfAborted();
  };
  const policy = createBoundaryPolicy(await clients.denyWriter.iam(options.account), boundaryArn);
  return openSite({
    ...deps,
    connectRegion: deps.region,
    options,
    names,
    broker,
    boundaryArn,
    boundary: await keepBoundary({ policy, wait: deps.pause }),
    federation: createFederation({ endpoint: deps.signinEndpoint, timeLimitMs: 10_000 }),
    undo,
    wait,
    patience: { clock: deps.clock, wait, limitSeconds: deps.limitSeconds, pauseMs: 500 },
  });
}

/** Null: the run was broken off before it came to anything. */
async function lookAt(claim: Claim, site: Site): Promise<Verdict | null> {
  const missing = claim.needs.find((need) => !isGiven(need, site));
  if (missing !== undefined) return skipped(`not looked at without ${optionOf[missing]}`);
  try {
    const verdict = await claim.look(site);
    return site.signal.aborted ? null : verdict;
  } catch (error) {
    return site.signal.aborted ? null : unclear(`It could not be seen: ${readError(error, null).text}`);
  }
}

export const optionOf: Readonly<Record<Need, string>> = {
  bucket: '--bucket',
  tag: '--tag',
  'vpc-endpoint': '--vpc-endpoint',
  'plain-http': '--plain-http',
  'external-id-role': '--external-id-role and --external-id',
  'onward-role': '--onward-role',
  'identity-center': '--identity-center-instance, --identity-store, --permission-set and --user',
  'portal-profile': '--portal-profile',
};

function isGiven(need: Need, { options, portal }: Site): boolean {
  switch (need) {
    case 'bucket':
      return options.bucket !== null;
    case 'tag':
      return options.tag !== null;
    case 'vpc-endpoint':
      return options.vpcEndpoint !== null;
    case 'plain-http':
      return options.plainHttp;
    case 'external-id-role':
      return options.externalId !== null;
    case 'onward-role':
      return options.onwardRole !== null;
    case 'identity-center':
      return options.identityCenter !== null;
    case 'portal-profile':
      return portal !== null;
  }
}
