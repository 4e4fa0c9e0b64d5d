import { auditComponents } from './audit-event.ts';
import { closureComponents } from './closure.ts';
import { consoleComponents } from './console.ts';
import { Account, Approvers, AssuranceDemand, Entitlement, EntitlementPage, Terms } from './entitlement.ts';
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
  Approvers,
  AssuranceDemand,
  Terms,
  Entitlement,
  EntitlementPage,
  ...requestComponents,
  ...grantComponents,
  ...consoleComponents,
  ...closureComponents,
  ...auditComponents,
];
