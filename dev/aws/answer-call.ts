import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { actingAccount } from './acting-account.ts';
import { sessionRole } from './authorize.ts';
import { callerArn, type StoredCredential } from './credentials.ts';
import { signatureError } from './error-codes.ts';
import { faultError, type Faults } from './faults.ts';
import { PolicyProblem } from './iam/problem.ts';
import type { LogEntry } from './log.ts';
import { readOrigin } from './origin.ts';
import { route, type Routed } from './route.ts';
import { AwsError, type AwsState, type Call, type WireAnswer } from './service.ts';
import { signedRegion, verifySignature, type SignedRequest } from './sigv4.ts';

export interface AnswerDeps {
  state: AwsState;
  faults: Faults;
  log: LogEntry[];
  clock: () => Date;
  signingClock: () => Date;
}

/** Seconds. AWS: requests are good for five minutes from their timestamp; S3 allows fifteen. */
const SKEW = { s3: 900, other: 300 };
/** AWS, "AWS global condition context keys", aws:RequestedRegion: calls to a global service are to us-east-1. */
const GLOBAL_REGION = 'us-east-1';
const RUBBISH = '%PDF-1.7 \u0000\u0001 this is no answer of AWS';

/** Answers one AWS call: route, verify, play a fault if one is set, act, log, answer. */
export async function answerCall(
  deps: AnswerDeps,
  request: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
): Promise<void> {
  const signed: SignedRequest = {
    method: request.method ?? '',
    target: request.url ?? '/',
    headers: singleHeaders(request),
    body,
  };
  const routed = route(signed);
  const { service } = routed;
  const now = deps.clock();
  const entry: LogEntry = {
    time: now.toISOString(),
    service: service.name,
    action: routed.action,
    caller: null,
    accessKeyId: /Credential=([A-Z0-9]+)\//.exec(signed.headers['authorization'] ?? '')?.[1] ?? null,
    parameters: routed.logged,
    status: null,
    errorCode: null,
    errorMessage: null,
    issuedAccessKeyId: null,
    fault: null,
    requestId: randomUUID(),
  };
  const send = (answer: WireAnswer): void => {
    entry.status = answer.status;
    deps.log.push(entry);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const sendError = (error: AwsError): void => {
    entry.errorCode = error.code;
    entry.errorMessage = error.message;
    send(service.renderError(error, entry.requestId));
  };

  const caller = authenticate(deps, routed, signed);
  if (caller instanceof AwsError) return sendError(caller);
  entry.caller = callerArn(caller.principal);

  const account = actingAccount(routed, caller, deps.state);
  const fault = deps.faults.take(service.name, routed.action, account);
  entry.fault = fault?.kind ?? null;
  const refusal = fault && faultError(fault, service.name);
  if (refusal) return sendError(refusal);
  if (fault?.kind === 'hang' || fault?.kind === 'cut') {
    deps.log.push(entry);
    if (fault.kind === 'cut') response.destroy();
    return;
  }
  if (fault?.kind === 'rubbish') {
    return send({ status: 200, headers: { 'content-type': 'text/plain' }, body: RUBBISH });
  }

  const origin = readOrigin(signed.headers, request.socket.remoteAddress ?? '');
  const acting = { now, origin, region: requestedRegion(routed, signed, deps.state), fault };
  if (fault?.kind === 'twice') {
    const first = { ...entry, requestId: randomUUID() };
    const unheard = act(deps, routed, caller, first, acting);
    if (unheard instanceof AwsError) first.errorCode = unheard.code;
    deps.log.push(first);
  }
  const answer = act(deps, routed, caller, entry, acting);
  if (answer instanceof AwsError) return sendError(answer);
  if (fault?.kind === 'cut-after') {
    deps.log.push(entry);
    response.destroy();
    return;
  }
  send(answer);
}

function requestedRegion({ service }: Routed, signed: SignedRequest, { world }: AwsState): string {
  return service.name === 'iam' ? GLOBAL_REGION : (signedRegion(signed) ?? world.region);
}

function authenticate(deps: AnswerDeps, routed: Routed, signed: SignedRequest): StoredCredential | AwsError {
  const { service } = routed;
  const { world, credentials } = deps.state;
  const expected = {
    service: service.signingName,
    // IAM's one endpoint signs for us-east-1; SDKs that were told another endpoint sign for the region they are set to.
    regions: [world.region, ...(service.name === 'iam' ? [GLOBAL_REGION] : (world.otherRegions ?? []))],
    skewSeconds: service.name === 's3' ? SKEW.s3 : SKEW.other,
    now: deps.clock(),
    signedAt: deps.signingClock(),
  };
  const verified = verifySignature(signed, expected, credentials);
  if (!verified.ok) return signatureError(service.name, verified.problem);
  const { principal } = verified.credential;
  // Sessions of a role that was deleted, or deleted and made again, are no longer known.
  if (principal.kind === 'assumed-role' && !sessionRole(principal, world)) {
    return signatureError(service.name, { kind: 'unknown-key' });
  }
  return verified.credential;
}

function act(
  deps: AnswerDeps,
  routed: Routed,
  caller: StoredCredential,
  entry: LogEntry,
  acting: Pick<Call, 'now' | 'origin' | 'region' | 'fault'>,
): WireAnswer | AwsError {
  const { service, action, parameters, problem } = routed;
  const { requestId } = entry;
  if (problem) return problem;
  try {
    const result = service.handle({ action, parameters, caller, requestId, ...acting }, deps.state);
    entry.issuedAccessKeyId = result.issued ?? null;
    return service.renderResult(action, result, requestId);
  } catch (error) {
    if (error instanceof AwsError) return error;
    // Neither allowed nor denied: whoever wrote the policy must hear that it was not judged.
    if (error instanceof PolicyProblem) return new AwsError('UnsupportedPolicy', error.message, 500);
    return new AwsError('InternalFailure', String(error), 500);
  }
}

function singleHeaders(request: IncomingMessage): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(',') : value,
    ]),
  );
}
