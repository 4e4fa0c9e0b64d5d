import { AwsError, type Service, type WireAnswer } from './service.ts';
import { element } from './xml.ts';

/** What tells the services of this protocol apart: the version that a request names, and the namespace of the answers. */
export const QUERY_SERVICES = {
  sts: { version: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
  iam: { version: '2010-05-08', namespace: 'https://iam.amazonaws.com/doc/2010-05-08/' },
} as const;
type QueryService = keyof typeof QUERY_SERVICES;

/** Parameters that are proofs and belong into no log. */
const SECRET = new Set(['TokenCode', 'WebIdentityToken', 'SAMLAssertion']);

/**
 * Reads a form of the AWS query protocol: `Tags.member.1.Key=a` becomes `{ Tags: [{ Key: 'a' }] }`.
 * Action and Version are left out of the parameters.
 * @throws AwsError when parameters contradict each other in shape or list items are missing
 */
export function readQuery(body: string): {
  action: string;
  version: string;
  parameters: Record<string, unknown>;
} {
  const parameters: Record<string, unknown> = {};
  let action = '';
  let version = '';
  for (const [name, value] of new URLSearchParams(body)) {
    if (name === 'Action') action = value;
    else if (name === 'Version') version = value;
    else place(parameters, name.split('.'), value);
  }
  return { action, version, parameters };
}

/** The parameters as they may be logged. */
export function withoutSecrets(parameters: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(parameters).filter(([name]) => !SECRET.has(name)));
}

function place(target: Record<string, unknown>, path: string[], value: string): void {
  const [name = '', ...rest] = path;
  if (rest.length === 0) {
    if (Object.hasOwn(target, name)) throw malformedQuery();
    target[name] = value;
    return;
  }
  if (rest[0] !== 'member') throw malformedQuery();
  if (!Object.hasOwn(target, name)) target[name] = [];
  const list = target[name];
  const index = Number(rest[1]) - 1;
  // The members come in order; anything else would leave holes.
  if (!Array.isArray(list) || !Number.isInteger(index) || index < 0 || index > list.length)
    throw malformedQuery();
  if (rest.length === 2) {
    list[index] = value;
    return;
  }
  const item = (list[index] ??= {}) as unknown;
  if (typeof item !== 'object' || item === null) throw malformedQuery();
  place(item as Record<string, unknown>, rest.slice(2), value);
}

function malformedQuery(): AwsError {
  return new AwsError('MalformedQueryString', 'The query string contains a syntax error.');
}

export function renderQueryResult(service: QueryService): Service['renderResult'] {
  const { namespace } = QUERY_SERVICES[service];
  return (action, result, requestId) => {
    const inner = typeof result.body === 'string' ? result.body : '';
    // An action that answers nothing has no result element.
    const content = inner === '' ? '' : `<${action}Result>${inner}</${action}Result>`;
    const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
    const body = `<${action}Response xmlns="${namespace}">${content}${metadata}</${action}Response>`;
    return xml(200, body, requestId);
  };
}

export function renderQueryError(service: QueryService): Service['renderError'] {
  const { namespace } = QUERY_SERVICES[service];
  return (error, requestId) => {
    const type = element('Type', error.status >= 500 ? 'Receiver' : 'Sender');
    const fields = type + element('Code', error.code) + element('Message', error.message);
    const body = `<ErrorResponse xmlns="${namespace}"><Error>${fields}</Error>${element('RequestId', requestId)}</ErrorResponse>`;
    return xml(error.status, body, requestId);
  };
}

function xml(status: number, body: string, requestId: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId }, body };
}
