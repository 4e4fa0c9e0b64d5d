import { auditComponents } from './audit-event.ts';
import { boundaryComponents } from './boundary.ts';
import { catalogComponents } from './catalog.ts';
import { choiceComponents } from './choice.ts';
import { closureComponents } from './closure.ts';
import { consoleComponents } from './console.ts';
import { delegationComponents } from './delegation.ts';
import {
  Account,
  AssuranceDemand,
  BreakGlass,
  Bundle,
  Entitlement,
  EntitlementPage,
  Terms,
  approvalComponents,
} from './entitlement.ts';
import { eligibilityComponents } from './eligibility.ts';
import { endManyComponents } from './end-many.ts';
import { explanationComponents } from './explanation.ts';
import { findComponents } from './find.ts';
import { insightComponents } from './insight.ts';
import { grantComponents } from './grant.ts';
import {
  Assurance,
  ChatLink,
  ChatLinkCode,
  ChatLinks,
  CodeInput,
  Me,
  Person,
  TotpEnrolment,
} from './person.ts';
import { followUpComponents } from './follow-up.ts';
import { preflightComponents } from './preflight.ts';
import { Problem } from './problem.ts';
import type { Named } from './ref.ts';
import { requestComponents } from './request.ts';

/** Every named schema of the contract. */
export const components: readonly Named[] = [
  Problem,
  Person,
  Assurance,
  Me,
  TotpEnrolment,
  CodeInput,
  ChatLinkCode,
  ChatLink,
  ChatLinks,
  Account,
  ...approvalComponents,
  AssuranceDemand,
  BreakGlass,
  Terms,
  ...choiceComponents,
  Entitlement,
  Bundle,
  EntitlementPage,
  ...findComponents,
  ...explanationComponents,
  ...requestComponents,
  ...delegationComponents,
  ...followUpComponents,
  ...insightComponents,
  ...grantComponents,
  ...endManyComponents,
  ...boundaryComponents,
  ...consoleComponents,
  ...closureComponents,
  ...catalogComponents,
  ...eligibilityComponents,
  ...preflightComponents,
  ...auditComponents,
];
