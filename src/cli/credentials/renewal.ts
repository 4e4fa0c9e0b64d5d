// When kept credentials are to be renewed, so that no AWS client gets what it would renew at once although something longer
// can be had. The client that asks soonest is botocore (AWS CLI, boto3): from 15 minutes before the expiration, and on every
// call from 10 minutes before (botocore, credentials.py, RefreshableCredentials). The AWS SDK for JavaScript asks 5 minutes before.

/** Of a session of ordinary length, in seconds: botocore's 15 minutes and one to spare. */
const askedAgainBefore = 16 * 60;
/** A session of 15 minutes lives in that window all its life: it is used for 4 minutes, until shortly before the 10. */
const leastUse = 4 * 60;
/** The grant ends with them, so only another grant gives longer: it is looked for so often, in seconds. */
const lookInterval = 60;

/** Times in milliseconds since the epoch. */
export interface Lifetime {
  readonly now: number;
  readonly expiresAt: number;
  readonly grantEndsAt: number;
}

/** When something longer is to be asked for, in milliseconds since the epoch; for credentials that were issued at `now`. */
export function renewAt({ now, expiresAt, grantEndsAt }: Lifetime): number {
  const standard = Math.max(expiresAt - askedAgainBefore * 1000, Math.min(now + leastUse * 1000, expiresAt));
  // Whole seconds on one side and fractions on the other.
  const endsWithGrant = grantEndsAt - expiresAt < 1000;
  return endsWithGrant ? Math.max(expiresAt - askedAgainBefore * 1000, now + lookInterval * 1000) : standard;
}

/** When to ask again after it was found, or could not be found out, that there is nothing longer just now. */
export function lookAgainAt(now: number): number {
  return now + lookInterval * 1000;
}
