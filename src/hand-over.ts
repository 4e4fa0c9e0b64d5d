import type { ApprovalsDeps } from './approvals/deps.ts';
import { endableBy } from './approvals/endable-grants.ts';
import { objectionTo } from './approvals/still-approved.ts';
import { viewerOf } from './approvals/viewer.ts';
import { activateAtOnce } from './broker/activation.ts';
import type { BrokerDeps } from './broker/deps.ts';
import { extendGrant } from './broker/extend-grant.ts';
import { undoGrants } from './broker/undo-grants.ts';

/** What approvals and the broker, which do not know each other, hand to each other. */
export interface HandedOver {
  readonly approvals: Pick<
    ApprovalsDeps,
    'catalog' | 'onCall' | 'activateAtOnce' | 'undoGrants' | 'extendGrant'
  >;
  readonly broker: Pick<BrokerDeps, 'objectionTo' | 'endableBy'>;
}

/** Joins the two, inside of whatever transaction the one of them is in. */
export function handOver(around: Pick<ApprovalsDeps, 'catalog' | 'onCall'>): HandedOver {
  const broker: HandedOver['broker'] = {
    objectionTo: (work, grant) => objectionTo(around, work, grant),
    endableBy: async (queries, caller, now) => {
      const catalog = around.catalog();
      return endableBy(catalog, await viewerOf(queries, { catalog, now, onCall: around.onCall() }, caller));
    },
  };
  return {
    approvals: { ...around, activateAtOnce: activateAtOnce(broker), undoGrants, extendGrant },
    broker,
  };
}
