import type { IssuedCredentials, RoleSession } from './credentials.ts';
import type { AwsState } from './service.ts';
import { findRole } from './world.ts';

/**
 * The broker's own identity, handed out as the ECS container credentials endpoint does (AWS SDKs and Tools Reference,
 * "Container credential provider"): the same credentials until half of their life is over, then new ones.
 */
export class BrokerCredentials {
  readonly #state: AwsState;
  readonly #clock: () => Date;
  readonly #seconds: number;
  readonly #token: string | undefined;
  #current: Required<IssuedCredentials> | null = null;
  #forced: Required<IssuedCredentials> | null = null;

  constructor(state: AwsState, clock: () => Date, seconds: number, token: string | undefined) {
    this.#state = state;
    this.#clock = clock;
    this.#seconds = seconds;
    this.#token = token;
  }

  /** Fresh credentials of the broker's role. */
  issue(): Required<IssuedCredentials> {
    const { world, credentials } = this.#state;
    const found = findRole(world, world.brokerRoleArn);
    if (!found) throw new Error(`The world has no role ${world.brokerRoleArn}.`);
    const session: RoleSession = {
      kind: 'assumed-role',
      account: found.account.id,
      roleArn: found.role.arn,
      roleName: found.role.name,
      roleId: found.role.id,
      sessionName: 'daypass-task',
      issuedAt: this.#clock(),
      sessionTags: {},
      transitiveTagKeys: [],
    };
    return credentials.issueTemporary(session, this.#clock(), this.#seconds);
  }

  /**
   * From now on the endpoint answers these temporary credentials, of whomever they are; null: the role's again, fresh ones.
   * @throws Error for credentials without token or expiration, which the endpoint cannot express
   */
  serve(credentials: IssuedCredentials | null): void {
    this.#current = null;
    this.#forced = null;
    if (!credentials) return;
    const { sessionToken, expiration } = credentials;
    if (!sessionToken || !expiration) throw new Error('The endpoint gives temporary credentials only.');
    this.#forced = { ...credentials, sessionToken, expiration };
  }

  /** Status and JSON document for a request with this Authorization header. */
  answer(authorization: string | undefined): [status: number, document: Record<string, string>] {
    if (this.#token !== undefined && authorization !== this.#token) {
      return [401, { code: 'Unauthorized', message: 'The authorization token is missing or wrong.' }];
    }
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = this.#forced ?? this.#fresh();
    return [
      200,
      {
        AccessKeyId: accessKeyId,
        SecretAccessKey: secretAccessKey,
        Token: sessionToken,
        Expiration: expiration.toISOString().replace('.000Z', 'Z'),
        RoleArn: this.#state.world.brokerRoleArn,
      },
    ];
  }

  #fresh(): Required<IssuedCredentials> {
    const left = (this.#current?.expiration.getTime() ?? 0) - this.#clock().getTime();
    if (!this.#current || left < this.#seconds * 500) this.#current = this.issue();
    return this.#current;
  }
}
