import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sessionRole } from './authorize.ts';
import { callerArn, type RoleSession, type StoredCredential } from './credentials.ts';
import type { Faults } from './faults.ts';
import type { LogEntry } from './log.ts';
import type { AwsState, WireAnswer } from './service.ts';

// IAM User Guide, "Enable custom identity broker access to the AWS console": a token is good for 15 minutes.
const tokenSeconds = 900;
const refused = 'message Invalid credentials parameter';

/** What opening a sign-in address tells: whose console it is, and a key that this console session works with. */
export interface ConsoleSession {
  arn: string;
  sessionName: string;
  sessionTags: Record<string, string>;
  issuer: string;
  destination: string;
  /** RFC 3339: the end of the credentials that were signed in with. */
  expiration: string;
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
}

export interface FederationDeps {
  state: AwsState;
  faults: Faults;
  log: LogEntry[];
  clock: () => Date;
}

type Signed = StoredCredential & { principal: RoleSession; sessionToken: string; expiration: Date };

/**
 * AWS's federation endpoint: getSigninToken by POST, which is all that Daypass may use, and login by GET. Faults of the
 * service `signin` hit the actions `GetSigninToken` and `ConsoleLogin`.
 */
export class FederationEndpoint {
  readonly #deps: FederationDeps;
  readonly #tokens = new Map<string, { accessKeyId: string; issuedAt: Date }>();

  constructor(deps: FederationDeps) {
    this.#deps = deps;
  }

  answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const post = request.method === 'POST';
    const query = new URLSearchParams(
      post ? body.toString('utf8') : (request.url?.split(/\?(.*)/s)[1] ?? ''),
    );
    const action = query.get('Action') === 'login' ? 'ConsoleLogin' : 'GetSigninToken';
    const fault = this.#deps.faults.take('signin', action);
    const entry = this.#entry(action, fault?.kind ?? null);
    if (fault?.kind === 'hang') return;
    if (fault?.kind === 'cut') return void response.destroy();
    const answer = this.#play(fault?.kind) ?? this.#act(action, post, query, entry);
    if (fault?.kind === 'cut-after') return void response.destroy();
    entry.status = answer.status;
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  #play(fault: LogEntry['fault'] | undefined): WireAnswer | null {
    if (fault === 'refuse') return text(400, refused);
    if (fault === 'throttle') return text(429, 'Rate exceeded');
    if (fault === 'server-error') return text(500, 'Internal error');
    return fault === 'rubbish' ? text(200, '%PDF-1.7 this is no answer of AWS') : null;
  }

  #act(action: string, post: boolean, query: URLSearchParams, entry: LogEntry): WireAnswer {
    if (action === 'ConsoleLogin')
      return post ? text(405, 'Open it in a browser') : this.#login(query, entry);
    if (!post || query.get('Action') !== 'getSigninToken' || query.has('SessionDuration')) {
      // SessionDuration: AWS refuses it for a role that a role has assumed.
      return text(400, refused);
    }
    const signed = this.#signed(query.get('Session') ?? '');
    if (signed === null) return text(400, refused);
    const token = randomBytes(600).toString('base64url');
    this.#tokens.set(token, { accessKeyId: signed.accessKeyId, issuedAt: this.#deps.clock() });
    entry.caller = callerArn(signed.principal);
    entry.accessKeyId = signed.accessKeyId;
    return json(200, { SigninToken: token });
  }

  #login(query: URLSearchParams, entry: LogEntry): WireAnswer {
    const now = this.#deps.clock();
    const token = this.#tokens.get(query.get('SigninToken') ?? '');
    const destination = query.get('Destination') ?? '';
    const fresh = token !== undefined && now.getTime() < token.issuedAt.getTime() + tokenSeconds * 1000;
    const signed = fresh ? this.#live(this.#deps.state.credentials.find(token.accessKeyId)) : null;
    if (signed === null || !URL.canParse(destination))
      return text(400, 'The sign-in address is no longer good.');
    const { principal, expiration } = signed;
    const seconds = Math.floor((expiration.getTime() - now.getTime()) / 1000);
    const issued = this.#deps.state.credentials.issueTemporary(principal, now, seconds);
    entry.caller = callerArn(principal);
    entry.accessKeyId = signed.accessKeyId;
    entry.issuedAccessKeyId = issued.accessKeyId;
    const { accessKeyId, secretAccessKey, sessionToken } = issued;
    const session: ConsoleSession = {
      arn: callerArn(principal),
      sessionName: principal.sessionName,
      sessionTags: principal.sessionTags,
      issuer: query.get('Issuer') ?? '',
      destination,
      expiration: expiration.toISOString(),
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    };
    return json(200, session);
  }

  /** The role session whose credentials these are, all three parts of them. */
  #signed(session: string): Signed | null {
    const parts = readJson(session);
    const found = this.#live(this.#deps.state.credentials.find(String(parts['sessionId'])));
    const whole =
      found?.secretAccessKey === parts['sessionKey'] && found?.sessionToken === parts['sessionToken'];
    return whole ? found : null;
  }

  #live(found: StoredCredential | undefined): Signed | null {
    const { principal, sessionToken, expiration } = found ?? {};
    if (found === undefined || principal?.kind !== 'assumed-role') return null;
    if (sessionToken === undefined || expiration === undefined || expiration <= this.#deps.clock())
      return null;
    if (!sessionRole(principal, this.#deps.state.world)) return null;
    return { ...found, principal, sessionToken, expiration };
  }

  #entry(action: string, fault: LogEntry['fault']): LogEntry {
    const entry: LogEntry = {
      time: this.#deps.clock().toISOString(),
      service: 'signin',
      action,
      caller: null,
      accessKeyId: null,
      parameters: {},
      status: null,
      errorCode: null,
      errorMessage: null,
      issuedAccessKeyId: null,
      fault,
      requestId: randomUUID(),
    };
    this.#deps.log.push(entry);
    return entry;
  }
}

function readJson(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(status: number, body: string): WireAnswer {
  return { status, headers: { 'content-type': 'text/plain' }, body };
}

function json(status: number, body: object): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
