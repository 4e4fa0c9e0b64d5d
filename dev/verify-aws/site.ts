import { type AssumeRole, createAssumeRole, type RoleCredentials } from '../../src/aws/assume-role.ts';
import { type AccountInspector, createAccountInspector } from '../../src/aws/inspect-account.ts';
import type { AwsClients } from '../../src/aws/clients.ts';
import type { Federation } from '../../src/aws/federation.ts';
import type { AwsCredentials } from '../../src/aws/identity-check.ts';
import type { Broker } from '../../src/broker/preflight/trust-broker.ts';
import { type OwnNames } from '../../src/catalog/policy/guards.ts';
import type { BoundaryKeeper } from './boundary-keeper.ts';
import { createLender, type Lent, type LendInput } from './lend.ts';
import type { VerifyOptions } from './options.ts';
import type { Patience } from './probe.ts';
import { type Connect, openSession, type Session } from './session.ts';
import type { UndoList } from './undo.ts';

/** Everything that a claim is looked at with. */
export interface Site {
  readonly options: VerifyOptions;
  readonly names: OwnNames;
  readonly broker: Broker;
  readonly clients: AwsClients;
  readonly roleArn: string;
  readonly boundaryArn: string;
  readonly boundary: BoundaryKeeper;
  readonly inspector: AccountInspector;
  readonly federation: Federation;
  readonly signinEndpoint: URL;
  readonly undo: UndoList;
  readonly signal: AbortSignal;
  readonly patience: Patience;
  readonly clock: () => Date;
  readonly wait: (milliseconds: number) => Promise<void>;
  /** Waits even when the run was broken off: for putting things back. */
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly connect: Connect;
  /** The region that clients are set to. */
  readonly connectRegion: string;
  /** Fresh credentials of the person at the access portal; null: none at hand. */
  readonly portal: (() => Promise<AwsCredentials>) | null;
  readonly assumeRole: AssumeRole;
  /** Lends the target role as Daypass does; rejects when STS refuses. */
  lend(input?: LendInput): Promise<Lent>;
  session(credentials: AwsCredentials | RoleCredentials): Session;
  /** Does a thing once for all claims that need it. */
  once<T>(key: string, make: () => Promise<T>): Promise<T>;
}

export interface SiteParts
  extends Omit<Site, 'assumeRole' | 'lend' | 'session' | 'once' | 'inspector' | 'roleArn'> {}

/** @throws what AWS answers when the inspector cannot be assumed */
export async function openSite(parts: SiteParts): Promise<Site> {
  const { options, clients, connect, signal } = parts;
  const done = new Map<string, Promise<unknown>>();
  const roleArn = `arn:aws:iam::${options.account}:role/${options.targetRole}`;
  const lender = createLender(clients.sts, { roleArn, names: parts.names, clock: parts.clock });
  return {
    ...parts,
    roleArn,
    inspector: createAccountInspector(await clients.inspector.iam(options.account)),
    assumeRole: createAssumeRole(clients.sts),
    async lend(input) {
      signal.throwIfAborted();
      return lender.lend(input);
    },
    session: (credentials) => openSession(connect(credentials), signal),
    once<T>(key: string, make: () => Promise<T>): Promise<T> {
      const known = done.get(key) as Promise<T> | undefined;
      const made = known ?? make();
      if (known === undefined) done.set(key, made);
      return made;
    },
  };
}
