import { GetCallerIdentityCommand, STSClient, AssumeRoleCommand } from '@aws-sdk/client-sts';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import type { Answer, Person } from './person.ts';
import { approveInSlack, linkSlack, type SlackDesk } from './slack-desk.ts';
import type { Stack } from './stack.ts';

export type Cast = Readonly<
  Record<'engineer' | 'approver' | 'approver2' | 'auditor' | 'operator' | 'stranger', Person>
>;

interface Request {
  readonly id: string;
  readonly digest: string;
  readonly state: string;
  readonly waitingFor: readonly { readonly people: readonly { readonly name: string }[] }[];
  readonly grants: readonly {
    readonly id: string;
    readonly entitlement: string;
    readonly state: string;
    readonly endsAt: string;
  }[];
}
interface Issued {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken: string;
    readonly expiration: string;
  };
  readonly endsAt: string;
  readonly limits: readonly { readonly name: string; readonly seconds: number; readonly won: boolean }[];
  readonly residualExposureSeconds: number;
}

/** Thrown with the step that failed. */
export class StepFailed extends Error {
  readonly step: string;
  constructor(step: string, cause: unknown) {
    super(`step "${step}" failed: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.step = step;
  }
}

export interface Walk {
  /** Announces a step and runs it; the text it returns is what a person would see. */
  step<T>(title: string, run: () => Promise<T>, show: (result: T) => string): Promise<T>;
}

/** The main job, from a sign-in to the record, through the public API alone. */
export async function walkMainJob(walk: Walk, stack: Stack, cast: Cast, slack: SlackDesk): Promise<void> {
  const { engineer, approver, approver2, auditor, stranger } = cast;

  await walk.step(
    'Erin signs in with her password',
    () => engineer.signIn('password'),
    () => 'signed in, single-factor',
  );
  await walk.step(
    'What may she ask for?',
    () => ok<{ items: { id: string; description: string }[] }>(engineer.call('GET', '/v1/entitlements')),
    ({ items }) => items.map((item) => `${item.id.padEnd(24)} ${item.description}`).join('\n'),
  );
  await walk.step(
    'Sam, who may ask for nothing, looks for prod/admin: the same answer as for something that does not exist',
    async () => {
      await stranger.signIn('password');
      const hidden = await stranger.call('GET', '/v1/entitlements/prod%2Fadmin');
      const missing = await stranger.call('GET', '/v1/entitlements/prod%2Fnothing');
      expectStatus(hidden, 404);
      expectStatus(missing, 404);
      return hidden;
    },
    (answer) => `404 ${String(answer.body.detail)}`,
  );
  const asked = await walk.step(
    'Erin asks for prod/admin for fifteen minutes',
    () =>
      ok<Request>(
        engineer.call(
          'POST',
          '/v1/requests',
          { entitlements: ['prod/admin'], durationSeconds: 900, reason: 'Rotate the ingress certificate' },
          { 'idempotency-key': 'demo-walk-1' },
        ),
      ),
    (request) => `${request.id} is ${request.state}, waiting for ${people(request)}`,
  );
  await walk.step(
    'She tries to approve it herself',
    async () => expectStatus(await review(engineer, asked), 403),
    (answer) => `403 ${String(answer.body.detail)}`,
  );
  const challenge = await walk.step(
    'Avery approves, signed in with a password only',
    async () => {
      await approver.signIn('password');
      return expectStatus(await review(approver, asked), 401);
    },
    (answer) => `401 ${String(answer.headers.get('www-authenticate'))}`,
  );
  await walk.step(
    'Avery steps up with a second factor',
    () => approver.signIn('otp', demandOf(challenge)),
    () => 'signed in, multi-factor',
  );
  const approved = await walk.step(
    'Avery approves exactly what was asked (the digest says so)',
    () => ok<Request>(review(approver, asked)),
    (request) => `${request.state}: ${request.grants.map((g) => `${g.id} until ${g.endsAt}`).join(', ')}`,
  );
  const grant = approved.grants[0]?.id ?? '';
  await walk.step(
    'The grant becomes active',
    () => untilGrant(engineer, grant, 'active'),
    (state) => state,
  );
  const stepUp = await walk.step(
    'Erin asks for credentials: the first issue wants a second factor',
    async () => expectStatus(await engineer.call('POST', `/v1/grants/${grant}/sessions`), 401),
    (answer) => `401 ${String(answer.headers.get('www-authenticate'))}`,
  );
  await walk.step(
    'She steps up',
    () => engineer.signIn('otp', demandOf(stepUp)),
    () => 'signed in, multi-factor',
  );
  const issued = await walk.step(
    'And gets credentials, once',
    () => ok<Issued>(engineer.call('POST', `/v1/grants/${grant}/sessions`)),
    (answer) =>
      `${answer.credentials.accessKeyId} until ${answer.credentials.expiration}; access ends ${answer.endsAt}; ` +
      `limits ${answer.limits.map((l) => `${l.name} ${l.seconds} s${l.won ? ' (won)' : ''}`).join(', ')}; residual exposure ${answer.residualExposureSeconds} s`,
  );
  await useCredentials(walk, stack, issued);
  await walk.step(
    'She gives the access back early',
    () => ok(engineer.call('POST', `/v1/grants/${grant}/end`, { because: 'done' })),
    (answer) => `grant is ${String(answer.state)} (${String(answer.endedBecause)})`,
  );
  await walk.step(
    'No more credentials after that',
    async () => expectStatus(await engineer.call('POST', `/v1/grants/${grant}/sessions`), 409),
    (answer) => `409 ${String(answer.body.detail)}`,
  );
  await refusedByNow(walk, stack, engineer, grant, issued);
  await permissionSet(walk, stack, engineer, approver2, slack);
  await walk.step(
    'Audrey, an auditor, signs in',
    () => auditor.signIn('otp'),
    () => 'signed in',
  );
  await walk.step(
    'She reads what happened',
    () =>
      ok<{
        items: {
          time: string;
          kind: string;
          outcome: string;
          actor: { name: string | null; type: string };
          entitlement: string | null;
        }[];
      }>(auditor.call('GET', '/v1/audit/events?limit=100')),
    ({ items }) =>
      items
        .toReversed()
        .map((e) =>
          `${e.time}  ${e.kind.padEnd(22)} ${e.outcome.padEnd(8)} ${(e.actor.name ?? e.actor.type).padEnd(16)} ${e.entitlement ?? ''}`.trimEnd(),
        )
        .join('\n'),
  );
  await walk.step(
    'Erin may not read it',
    async () => expectStatus(await engineer.call('GET', '/v1/audit/events'), 403),
    (answer) => `403 ${String(answer.body.detail)}`,
  );
}

async function useCredentials(walk: Walk, stack: Stack, issued: Issued): Promise<void> {
  const client = {
    endpoint: stack.aws.endpoint,
    region: stack.aws.world.region,
    credentials: { ...issued.credentials, expiration: new Date(issued.credentials.expiration) },
  };
  await walk.step(
    'The AWS SDK uses them',
    async () => {
      const identity = await new STSClient(client).send(new GetCallerIdentityCommand({}));
      const { Buckets } = await new S3Client({ ...client, forcePathStyle: true }).send(
        new ListBucketsCommand({}),
      );
      return { arn: identity.Arn, buckets: (Buckets ?? []).map((bucket) => bucket.Name) };
    },
    ({ arn, buckets }) => `${arn} sees the buckets ${buckets.join(', ')}`,
  );
  await walk.step(
    'Going on to another role with them is denied',
    async () => {
      const onward = new AssumeRoleCommand({
        RoleArn: 'arn:aws:iam::111122223333:role/daypass-readonly',
        RoleSessionName: 'onward',
      });
      return new STSClient(client).send(onward).then(
        () => Promise.reject(new Error('AWS let the session assume another role')),
        (error: Error) => error.name,
      );
    },
    (name) => name,
  );
}

/** The credentials that somebody kept: AWS denies them, whoever has them. */
async function refusedByNow(
  walk: Walk,
  stack: Stack,
  engineer: Person,
  grant: string,
  issued: Issued,
): Promise<void> {
  await walk.step(
    'What was issued is denied in AWS, and read back',
    async () => {
      await untilGrant(engineer, grant, 'ended');
      return ok<{ deniedAt: string; lastPossibleUse: string }>(engineer.call('GET', `/v1/grants/${grant}`));
    },
    ({ deniedAt, lastPossibleUse }) =>
      `denied since ${deniedAt}; they would have expired at ${lastPossibleUse} by themselves`,
  );
  await walk.step(
    'The kept credentials do nothing any more',
    async () => {
      const { expiration, ...kept } = issued.credentials;
      const s3 = new S3Client({
        endpoint: stack.aws.endpoint,
        region: stack.aws.world.region,
        credentials: { ...kept, expiration: new Date(expiration) },
        forcePathStyle: true,
      });
      return s3.send(new ListBucketsCommand({})).then(
        () => Promise.reject(new Error('AWS still let the ended session list buckets')),
        (error: Error) => error.name,
      );
    },
    (name) => name,
  );
}

async function permissionSet(
  walk: Walk,
  stack: Stack,
  engineer: Person,
  approver: Person,
  slack: SlackDesk,
): Promise<void> {
  const asked = await walk.step(
    'Erin asks for a permission set in IAM Identity Center',
    () =>
      ok<Request>(
        engineer.call('POST', '/v1/requests', {
          entitlements: ['prod/console-readonly'],
          durationSeconds: 600,
          reason: 'Look at the dashboards',
        }),
      ),
    (request) => `${request.id} is ${request.state}, waiting for ${people(request)}`,
  );
  await walk.step(
    'Blake links his Slack account',
    async () => {
      await approver.signIn('otp');
      return linkSlack(slack, approver);
    },
    (text) => text,
  );
  await walk.step(
    'Blake presses Approve in Slack',
    () => approveInSlack(slack, asked),
    (text) => text,
  );
  const grant = await walk.step(
    'The assignment is made and confirmed',
    async () => {
      const request = await ok<Request>(engineer.call('GET', `/v1/requests/${asked.id}`));
      const id = request.grants[0]?.id ?? '';
      await untilGrant(engineer, id, 'active');
      return id;
    },
    () => `assignments in AWS: ${stack.aws.world.identityCenter.assignments.length}`,
  );
  await walk.step(
    'It is given back: the assignment is deleted and confirmed gone',
    async () => {
      await ok(engineer.call('POST', `/v1/grants/${grant}/end`, {}));
      return untilGrant(engineer, grant, 'ended');
    },
    (state) => `grant ${state}; assignments in AWS: ${stack.aws.world.identityCenter.assignments.length}`,
  );
}

function review(person: Person, request: Request): Promise<Answer> {
  return person.call('POST', `/v1/requests/${request.id}/reviews`, {
    decision: 'approve',
    digest: request.digest,
    comment: 'Go ahead',
  });
}

async function untilGrant(person: Person, id: string, state: string): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const grant = await ok<{ state: string; failure: string | null }>(person.call('GET', `/v1/grants/${id}`));
    if (grant.state === state) return state;
    if (grant.state === 'failed') throw new Error(`the grant failed: ${grant.failure}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`grant ${id} did not become ${state}`);
}

async function ok<T = Record<string, unknown>>(call: Promise<Answer>): Promise<T> {
  const answer = await call;
  if (answer.status >= 300)
    throw new Error(`the API answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body as T;
}

function expectStatus(answer: Answer, status: number): Answer {
  if (answer.status !== status)
    throw new Error(`the API answered ${answer.status} instead of ${status}: ${JSON.stringify(answer.body)}`);
  return answer;
}

function demandOf(challenge: Answer): { acrValues?: string; maxAge?: string } {
  const header = challenge.headers.get('www-authenticate') ?? '';
  const acrValues = /acr_values="([^"]*)"/.exec(header)?.[1];
  const maxAge = /max_age="?(\d+)/.exec(header)?.[1];
  return { ...(acrValues === undefined ? {} : { acrValues }), ...(maxAge === undefined ? {} : { maxAge }) };
}

function people(request: Request): string {
  return (
    request.waitingFor.flatMap((w) => w.people.map((p) => p.name)).join(' or ') || 'whoever may approve it'
  );
}
