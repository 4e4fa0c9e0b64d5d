// oidc-provider ships no types: this declares the part of its documented API that dev/idp uses, and no more.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export type KoaContext = {
    req: IncomingMessage;
    res: ServerResponse;
    method: string;
    path: string;
    status: number;
    body: unknown;
    type: string;
    set(name: string, value: string): void;
    redirect(url: string): void;
  };

  export type SessionModel = {
    accountId?: string;
    acr?: string;
    loginTs?: number;
    authorizations?: Record<string, unknown>;
    persist(): Promise<unknown>;
  };

  export type GrantModel = { jti: string; addOIDCScope(scope: string): void; save(): Promise<string> };

  export type OidcContext = KoaContext & {
    oidc: {
      params: Record<string, string | undefined>;
      result?: { login?: unknown };
      session: SessionModel;
      client: { clientId: string };
      account?: { accountId: string };
    };
  };

  export type InteractionModel = {
    uid: string;
    params: Record<string, string | undefined>;
    prompt: { name: string; reasons: string[] };
    session?: { accountId: string; uid: string };
  };

  export type LoginResult = { login: { accountId: string; acr: string; amr: string[]; ts: number } };

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    readonly Session: { findByUid(uid: string): Promise<SessionModel | undefined> };
    readonly Grant: {
      new (of: { accountId: string; clientId: string }): GrantModel;
      find(id: string): Promise<GrantModel | undefined>;
    };
    use(middleware: (ctx: KoaContext, next: () => Promise<void>) => Promise<void>): this;
    callback(): (req: IncomingMessage, res: ServerResponse) => void;
    interactionDetails(req: IncomingMessage, res: ServerResponse): Promise<InteractionModel>;
    interactionResult(req: IncomingMessage, res: ServerResponse, result: LoginResult): Promise<string>;
  }

  export namespace interactionPolicy {
    class Check {
      constructor(
        reason: string,
        description: string,
        error: string,
        check: (ctx: OidcContext) => boolean | Promise<boolean>,
      );
      readonly reason: string;
    }
    type Policy = {
      get(name: string): { checks: { add(check: Check): void; remove(reason: string): void } } | undefined;
      remove(name: string): void;
    };
    function base(): Policy;
  }

  export namespace errors {
    class SessionNotFound extends Error {}
  }
}
