import type { FaultKind } from './faults.ts';
import type { ServiceName } from './service.ts';

/** One call as the stand-in saw it. Holds no secret access key, no session token and no signature. */
export interface LogEntry {
  /** RFC 3339, UTC, by the stand-in's clock. */
  time: string;
  service: ServiceName;
  action: string;
  /** ARN of the authenticated caller; null if the signature did not pass. */
  caller: string | null;
  /** Access key id that the request named, whether or not it passed. */
  accessKeyId: string | null;
  parameters: Record<string, unknown>;
  /** HTTP status; null if the call was never answered. */
  status: number | null;
  errorCode: string | null;
  errorMessage: string | null;
  /** Access key id of credentials that this call issued, whether or not the answer arrived. */
  issuedAccessKeyId: string | null;
  fault: FaultKind | null;
  requestId: string;
}
