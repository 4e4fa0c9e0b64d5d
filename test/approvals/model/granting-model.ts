import { current, type Grant, type GrantKey, type Model, type Outcome, type Request } from './model.ts';
import { askers } from './catalog.ts';
import { isComplete, isStillByRule, termsOf } from './counting.ts';

// What becomes of grants, in plain words.

/** One grant for each thing that was approved. */
export function scheduleAll(model: Model, request: Request): readonly Grant[] {
  const { ids, seconds } = current(request);
  const startsAt = request.startAt ?? model.now;
  request.grants = [...ids].toSorted().map((entitlement) => ({
    entitlement,
    state: 'scheduled',
    startsAt,
    endsAt: startsAt + seconds,
    because: null,
  }));
  for (const _ of request.grants) request.events.push('grant.scheduled');
  return request.grants;
}

/** Makes a grant whose time has come active, or not, when something speaks against it by now. */
export function activate(model: Model, request: Request, grant: Grant): void {
  request.events.push('grant.activating');
  grant.state = stillGood(model, request, grant) ? 'active' : 'failed';
  request.events.push(`grant.${grant.state}`);
}

function stillGood(model: Model, request: Request, { entitlement }: Grant): boolean {
  const { requester, askedBy } = request;
  const parties = [requester, askedBy].map((name) => model.people[name]);
  if (!parties.every(({ active, groups }) => active && groups.includes(askers))) return false;
  if (termsOf(request, entitlement).bars && model.people[requester].groups.includes('barred')) return false;
  if (!isStillByRule(model, request, entitlement)) return false;
  return request.basis === 'rule' || isComplete(model, request);
}

/** Moves the end of a live grant, if it is where it was when that was asked. */
export function extend(model: Model, request: Request, { grant: key, from }: Extension): Outcome {
  const [of, grant] = find(model, key);
  const live =
    grant !== undefined && ['scheduled', 'active'].includes(grant.state) && model.now < grant.endsAt;
  if (of === undefined || !live || grant.endsAt !== from) return 'refused';
  grant.endsAt += current(request).seconds;
  of.events.push('grant.extended');
  return 'done';
}

interface Extension {
  readonly grant: GrantKey;
  readonly from: number;
}

export function find(model: Model, key: GrantKey | undefined): [Request | undefined, Grant | undefined] {
  const request = key === undefined ? undefined : model.requests[key.request];
  return [request, request?.grants.find(({ entitlement }) => entitlement === key?.entitlement)];
}

export function beginEnding(request: Request, grant: Grant, because: NonNullable<Grant['because']>): void {
  grant.state = 'ending';
  grant.because = because;
  request.events.push('grant.ending');
}
