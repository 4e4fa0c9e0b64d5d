import { iam } from './iam-service.ts';
import { identityStore } from './identity-store.ts';
import { QUERY_SERVICES, readQuery, withoutSecrets } from './query-protocol.ts';
import { readS3 } from './s3-request.ts';
import { s3 } from './s3.ts';
import { AwsError, type Service } from './service.ts';
import type { SignedRequest } from './sigv4.ts';
import { ssoAdmin } from './sso-admin.ts';
import { sts } from './sts.ts';

export interface Routed {
  service: Service;
  action: string;
  parameters: Record<string, unknown>;
  logged: Record<string, unknown>;
  /** Set when the request could not be read; answered once the signature has passed. */
  problem: AwsError | null;
}

const TARGETS: Record<string, Service> = { SWBExternalService: ssoAdmin, AWSIdentityStore: identityStore };

/** Which service and action a request is for, told by the protocol it speaks; the signature's scope must then agree. */
export function route(request: SignedRequest): Routed {
  const target = request.headers['x-amz-target'];
  const contentType = request.headers['content-type'] ?? '';
  if (target !== undefined) return routeJson(target, contentType, request.body);
  if (request.method === 'POST' && contentType.startsWith('application/x-www-form-urlencoded')) {
    return routeQuery(request.body);
  }
  return { service: s3, ...readS3(request), problem: null };
}

function routeJson(target: string, contentType: string, body: Buffer): Routed {
  const [prefix = '', action = ''] = target.split('.');
  const service = TARGETS[prefix] ?? ssoAdmin;
  const known = TARGETS[prefix] !== undefined && contentType.startsWith('application/x-amz-json-1.1');
  let problem = known ? null : new AwsError('UnknownOperationException', `${target} is not answered here.`);
  let parameters: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
      throw new SyntaxError('no object');
    parameters = parsed as Record<string, unknown>;
  } catch {
    problem ??= new AwsError('SerializationException', 'The body is not a JSON object.');
  }
  return { service, action, parameters, logged: parameters, problem };
}

function routeQuery(body: Buffer): Routed {
  try {
    const { action, version, parameters } = readQuery(body.toString('utf8'));
    const service = version === QUERY_SERVICES.iam.version ? iam : sts;
    const problem =
      service === iam || version === QUERY_SERVICES.sts.version
        ? null
        : new AwsError('InvalidAction', `Could not find operation ${action} for version ${version}`);
    return { service, action, parameters, logged: withoutSecrets(parameters), problem };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return { service: sts, action: '', parameters: {}, logged: {}, problem: error };
  }
}
