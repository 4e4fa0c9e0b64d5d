import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Aws } from '../../../dev/aws/aws.ts';
import { evaluate } from '../../../dev/aws/iam/evaluate.ts';
import { parsePolicy } from '../../../dev/aws/iam/policy.ts';
import { readQuery } from '../../../dev/aws/query-protocol.ts';

/** What is answered in the place of the stand-in: the inside of the result, or an error. Null: the stand-in answers. */
export type Bent = { result: string } | { error: string; message: string } | { body: string } | null;
/** @param action of STS or IAM; of other calls method and path */
export type Bend = (action: string, parameters: Record<string, unknown>) => Bent;

export interface Front {
  endpoint: string;
  stop(): Promise<void>;
}

// Calls on things that do not exist: past the caller's policies they end so.
const onNothing = new Set([
  'AttachRolePolicy',
  'CreateAccessKey',
  'CreateLoginProfile',
  'DeleteRolePermissionsBoundary',
  'DeleteRolePolicy',
  'PutRolePolicy',
  'UpdateAssumeRolePolicy',
]);

/** The stand-in with the few calls that only verify:aws makes, and with answers bent as a test wants them. */
export async function startFront(aws: Aws, bend: Bend = () => null, now = () => new Date()): Promise<Front> {
  const server = createServer((incoming, response) => {
    response.sendDate = false;
    response.setHeader('date', now().toUTCString());
    void handle(aws, bend, incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

async function handle(aws: Aws, bend: Bend, incoming: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const form = incoming.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true;
  if (form && incoming.headers.authorization !== undefined) {
    const { action, version, parameters } = readQuery(body.toString('utf8'));
    const bent =
      bend(action, parameters) ?? (version === '2010-05-08' ? own(aws, action, parameters, incoming) : null);
    if (bent !== null) return answer(response, action, bent);
  }
  const { method = 'GET', url = '/', headers } = incoming;
  const bent = form ? null : bend(`${method} ${url.split('?')[0]}`, {});
  if (bent !== null) return answer(response, '', bent);
  const onward = request(`${aws.endpoint}${url}`, { method, headers }, (reply) => {
    response.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(response);
  });
  onward.on('error', () => response.destroy());
  response.on('close', () => onward.destroy());
  onward.end(body);
}

function answer(response: ServerResponse, action: string, bent: NonNullable<Bent>): void {
  response.setHeader('content-type', 'text/xml');
  if ('body' in bent) {
    response.end(bent.body);
    return;
  }
  if ('result' in bent) {
    response.end(`<${action}Response><${action}Result>${bent.result}</${action}Result></${action}Response>`);
    return;
  }
  response.statusCode = 400;
  const { error, message } = bent;
  response.end(
    `<ErrorResponse><Error><Code>${error}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );
}

function own(aws: Aws, action: string, parameters: Record<string, unknown>, incoming: IncomingMessage): Bent {
  if (action === 'SimulateCustomPolicy') return { result: simulated(parameters) };
  if (action === 'ListRoles') return { result: reservedRoles(aws) };
  if (!onNothing.has(action)) return null;
  const keyId = /Credential=([A-Z0-9]+)\//.exec(incoming.headers.authorization ?? '')?.[1];
  const policy = aws.log.find(({ issuedAccessKeyId }) => issuedAccessKeyId === keyId)?.parameters['Policy'];
  const name = String(parameters['RoleName'] ?? parameters['UserName']);
  const decision = decide(String(policy), `iam:${action}`, `arn:aws:iam::111122223333:role/${name}`);
  if (decision === 'explicitDeny') {
    return {
      error: 'AccessDenied',
      message: `not authorized to perform: iam:${action} with an explicit deny in a session policy`,
    };
  }
  return { error: 'NoSuchEntity', message: `${name} cannot be found.` };
}

function simulated({ PolicyInputList, ActionNames, ResourceArns }: Record<string, unknown>): string {
  const resource = (ResourceArns as string[] | undefined)?.[0] ?? '*';
  const members = (ActionNames as string[]).map((action) => {
    const each = (PolicyInputList as string[]).map((policy) => decide(policy, action, resource));
    const decision =
      each.find((one) => one === 'explicitDeny') ?? each.find((one) => one === 'allowed') ?? 'implicitDeny';
    return `<member><EvalActionName>${action}</EvalActionName><EvalResourceName>${resource}</EvalResourceName><EvalDecision>${decision}</EvalDecision></member>`;
  });
  return `<IsTruncated>false</IsTruncated><EvaluationResults>${members.join('')}</EvaluationResults>`;
}

function decide(policy: string, action: string, resource: string) {
  const context = { 'aws:CurrentTime': new Date().toISOString() };
  const identity = [parsePolicy(JSON.parse(policy), 'identity')];
  const decision = evaluate({ action, resource, context }, { identity });
  if (decision.allowed) return 'allowed';
  return decision.explicit ? 'explicitDeny' : 'implicitDeny';
}

/** The stand-in makes the role of a permission set when somebody first opens a session with it. */
function reservedRoles(aws: Aws): string {
  for (const { accountId, permissionSetArn, principalId } of aws.world.identityCenter.assignments) {
    aws.portalCredentials({ userId: principalId, permissionSetArn, accountId });
  }
  const roles = aws.world.accounts
    .flatMap(({ roles }) => roles)
    .filter(({ name }) => name.startsWith('AWSReservedSSO_'));
  const members = roles.map(
    ({ name, arn, id }) =>
      `<member><Path>/</Path><RoleName>${name}</RoleName><RoleId>${id}</RoleId><Arn>${arn}</Arn><CreateDate>2026-01-05T09:00:00Z</CreateDate></member>`,
  );
  return `<IsTruncated>false</IsTruncated><Roles>${members.join('')}</Roles>`;
}
