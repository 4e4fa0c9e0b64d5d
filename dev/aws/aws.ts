import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BrokerCredentials } from './broker-credentials.ts';
import { answerCall } from './answer-call.ts';
import {
  CredentialStore,
  type IamUser,
  type IssuedCredentials,
  type StoredCredential,
} from './credentials.ts';
import { FederationEndpoint } from './federation.ts';
import { Faults, type Fault } from './faults.ts';
import type { PolicyDocument } from './iam/policy.ts';
import type { LogEntry } from './log.ts';
import { PolicyStore } from './policy-store.ts';
import { portalCredentials, type PortalSignIn } from './portal.ts';
import { Propagation } from './propagation.ts';
import { readFault } from './read-fault.ts';
import type { AwsState } from './service.ts';
import { Assignments, type Settling } from './sso-assignments.ts';
import type { World } from './world.ts';

export interface AwsOptions {
  world: World;
  /** 0 or absent: a free port. */
  port?: number;
  /** The time by which credentials expire and policies are judged. Default: the machine's. */
  clock?: () => Date;
  /** The time with which signatures are compared; set it to the machine's when a test moves `clock`. Default: `clock`. */
  signingClock?: () => Date;
  /** Demanded in the Authorization header of the credentials endpoint. Default: none. */
  brokerCredentialsToken?: string;
  /** Lifetime of the broker's own credentials in seconds. Default: 21,600. */
  brokerCredentialSeconds?: number;
  /** When account assignments come to their end. Default: after one IN_PROGRESS answer, or 30 seconds. */
  settling?: Settling;
  /** How much later the evaluator sees a change of a role or policy, in seconds of `clock`. Default: 0. */
  propagationSeconds?: number;
}

export interface Aws {
  /** For `endpoint` or AWS_ENDPOINT_URL_*. */
  endpoint: string;
  logUrl: string;
  /** For AWS_SIGNIN_ENDPOINT. */
  signinEndpoint: string;
  /** For AWS_CONTAINER_CREDENTIALS_FULL_URI. */
  brokerCredentialsUrl: string;
  world: World;
  log: readonly LogEntry[];
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Fresh credentials of the broker's role. */
  issueBrokerCredentials(): Required<IssuedCredentials>;
  /** A long-term key (AKIA) of an IAM user, or with `seconds` what GetSessionToken would give (ASIA). */
  issueUserCredentials(user: {
    account: string;
    userName: string;
    policies?: PolicyDocument[];
    seconds?: number;
  }): IssuedCredentials;
  /** Every credential that was ever given out, and whose it is: also those whose answer never arrived. */
  issued(): StoredCredential[];
  /** A long-term key of an account's root user. */
  issueRootCredentials(account: string): IssuedCredentials;
  /** What the portal of IAM Identity Center gives to somebody who is assigned; an Error if they are not. */
  portalCredentials(signIn: PortalSignIn): Required<IssuedCredentials>;
  /** See AwsOptions; can be changed at any time. Going from 0 to more takes what is there now for spread. */
  setPropagationSeconds(seconds: number): void;
  /** With a delay: what was changed in `world` by hand counts from now, and not only from the next call. */
  noteChanges(): void;
  /** Makes the broker's credentials endpoint answer these temporary credentials instead; null: the role's again. */
  serveToBroker(credentials: IssuedCredentials | null): void;
  /** Closes the port and every open connection, hanging ones too. */
  stop(): Promise<void>;
}

const MAX_BODY_BYTES = 1_000_000;

/** Starts an AWS of its own on 127.0.0.1. Several can run at once; they share nothing. */
export async function startAws(options: AwsOptions): Promise<Aws> {
  const { world } = options;
  const clock = options.clock ?? (() => new Date());
  const log: LogEntry[] = [];
  const faults = new Faults();
  const credentials = new CredentialStore();
  const propagation = new Propagation(world);
  propagation.set(options.propagationSeconds ?? 0);
  const state: AwsState = {
    world,
    credentials,
    policies: new PolicyStore(world),
    propagation,
    assignments: new Assignments(world, options.settling ?? { polls: 1, seconds: 30 }),
  };
  const broker = new BrokerCredentials(
    state,
    clock,
    options.brokerCredentialSeconds ?? 21_600,
    options.brokerCredentialsToken,
  );
  const deps = { state, faults, log, clock, signingClock: options.signingClock ?? clock };
  const federation = new FederationEndpoint(deps);

  const server = createServer((request, response) => {
    response.sendDate = false;
    response.setHeader('date', clock().toUTCString());
    const json = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const answer = async (): Promise<void> => {
      const body = await readBody(request);
      const path = request.url?.split('?')[0];
      if (request.method === 'GET' && path === '/_log') return json(200, log);
      if (request.method === 'GET' && path === '/_broker-credentials') {
        const [status, document] = broker.answer(request.headers.authorization);
        return json(status, document);
      }
      if (path === '/federation') return federation.answer(request, response, body);
      if (request.method === 'POST' && path === '/_faults') return takeFault(body, faults, json);
      if (request.method === 'DELETE' && path === '/_faults') {
        faults.clear();
        return json(200, []);
      }
      await answerCall(deps, request, response, body);
    };
    answer().catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else json(500, { code: 'InternalFailure', message: String(error) });
    });
  });
  // Longer than clients keep idle connections: one that closes as a call is sent would be a lost answer.
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    endpoint,
    logUrl: `${endpoint}/_log`,
    signinEndpoint: `${endpoint}/federation`,
    brokerCredentialsUrl: `${endpoint}/_broker-credentials`,
    world,
    log,
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    issueBrokerCredentials: () => broker.issue(),
    issueUserCredentials({ account, userName, policies = [], seconds }) {
      const user: IamUser = { kind: 'user', account, userName, userId: 'AIDADAYPASSUSER000001', policies };
      if (seconds === undefined) return credentials.issueLongTerm(user);
      return credentials.issueTemporary({ ...user, issuedAt: clock() }, clock(), seconds);
    },
    issued: () => credentials.all(),
    issueRootCredentials: (account) => credentials.issueLongTerm({ kind: 'root', account }),
    portalCredentials: (signIn) => portalCredentials(state, clock(), signIn),
    setPropagationSeconds: (seconds) => propagation.set(seconds),
    noteChanges: () => propagation.note(clock()),
    serveToBroker: (served) => broker.serve(served),
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new Error('The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function takeFault(body: Buffer, faults: Faults, json: (status: number, body: unknown) => void): void {
  try {
    const fault = readFault(JSON.parse(body.toString('utf8')));
    faults.add(fault);
    json(201, fault);
  } catch (error) {
    json(400, { code: 'InvalidFault', message: error instanceof Error ? error.message : String(error) });
  }
}
