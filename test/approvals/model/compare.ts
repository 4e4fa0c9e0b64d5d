import type { Model } from './model.ts';
import type { Observed } from './rows.ts';

// What the model and the rows say, in one form.

/** What the model says of the rows. */
export function expected({ requests, delegations }: Model) {
  const asked = sorted(requests).map(([label, request]) => ({
    label,
    requester: request.requester,
    askedBy: request.askedBy,
    state: request.state,
    basis: request.basis,
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    versions: request.versions.map(({ ids, seconds }) => ({ ids: ids.toSorted(), seconds })),
    reviews: request.reviews.map(({ by, decision, version, withdrawn, right }) => ({
      by,
      decision,
      version,
      withdrawn,
      behalf: right?.of ?? null,
    })),
    grants: request.grants.map(({ entitlement, state, startsAt, endsAt, because }) => ({
      entitlement,
      state,
      startsAt,
      endsAt,
      because,
    })),
    events: request.events.toSorted(),
  }));
  const handed = sorted(delegations).map(([label, { of, to, ended }]) => ({
    label,
    of,
    to,
    ended,
    events: ended ? 2 : 1,
  }));
  return { asked, handed };
}

/** The same of the rows themselves. */
export function shown({ requests, delegations }: Observed) {
  const asked = sorted(requests).map(([label, request]) => ({
    label,
    requester: request.requester,
    askedBy: request.askedBy,
    state: request.state,
    basis: request.basis,
    createdAt: request.createdAt,
    expiresAt: request.expiresAt,
    versions: request.versions.map(({ content }) => ({
      ids: content.entitlements.map(({ id }) => id),
      seconds: content.durationSeconds,
    })),
    reviews: request.reviews.map(({ by, decision, digest, withdrawn, behalf }) => ({
      by,
      decision,
      version: request.versions.findIndex((one) => one.digest === digest),
      withdrawn,
      behalf,
    })),
    grants: request.grants.map(({ entitlement, state, startsAt, endsAt, because }) => ({
      entitlement,
      state,
      startsAt,
      endsAt,
      because,
    })),
    events: request.events,
  }));
  const handed = sorted(delegations).map(([label, { of, to, ended, events }]) => ({
    label,
    of,
    to,
    ended,
    events,
  }));
  return { asked, handed };
}

function sorted<T>(each: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(each).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
