import type { Assignments } from './sso-assignments.ts';
import type { CredentialStore, StoredCredential } from './credentials.ts';
import type { Fault } from './faults.ts';
import type { Origin } from './origin.ts';
import type { PolicyStore } from './policy-store.ts';
import type { Propagation } from './propagation.ts';
import type { World } from './world.ts';

export const SERVICE_NAMES = ['sts', 'iam', 's3', 'sso-admin', 'identitystore', 'signin'] as const;
export type ServiceName = (typeof SERVICE_NAMES)[number];

/** What the services share. */
export interface AwsState {
  world: World;
  credentials: CredentialStore;
  assignments: Assignments;
  policies: PolicyStore;
  propagation: Propagation;
}

/** One authenticated call. */
export interface Call {
  action: string;
  parameters: Record<string, unknown>;
  caller: StoredCredential;
  origin: Origin;
  /** The region in the signature's scope. */
  region: string;
  now: Date;
  requestId: string;
  /** A fault that the service itself has to play. */
  fault: Fault | null;
}

/** A successful answer, before its protocol's wrapping. */
export interface Result {
  /** XML inside the result element, or the JSON document. */
  body: string | Record<string, unknown>;
  /** Access key id of credentials that the call issued, for the log. */
  issued?: string;
}

/** One AWS service: its names, its actions and its wire format. */
export interface Service {
  name: ServiceName;
  /** The name in the credential scope of signatures. */
  signingName: string;
  handle(call: Call, state: AwsState): Result;
  renderResult(action: string, result: Result, requestId: string): WireAnswer;
  renderError(error: AwsError, requestId: string): WireAnswer;
}

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * An error as AWS answers it. `code` is STS's spelling; the JSON services and S3 translate the shared ones
 * (see error-codes.ts).
 */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, status = 400, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = 'AwsError';
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}
