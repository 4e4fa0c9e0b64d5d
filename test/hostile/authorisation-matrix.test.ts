import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/api/authorisation.ts';
import { gather, type Cast } from './cast.ts';
import { perform, performGraphql } from './attempts.ts';
import { makeDelegation, makeRequest, openReviews, review } from './known.ts';
import { cells } from './table.ts';
import { startWorld, type World } from './world.ts';

// Who gets what, in the order of the head. Each cell starts from an open request of `requester` for prod/admin, or from a
// grant of theirs that was approved and not used yet; `keeper` is nowhere in it.
const rest = `
                  nobody  stranger  requester  colleague  approver  auditor  operator  deactivated
getMe                401       200        200        200       200      200       200          401
listEntitlements     401       200        200        200       200      200       200          401
findEntitlements     401       200        200        200       200      200       200          401
getEntitlement       401       404        200        200       200      404       404          401
explainEntitlement   401       404        200        200       200      200       200          401
submitRequest        401       404        201        201       403      404       404          401
listRequests         401       200        200        200       200      200       200          401
getRequest           401       404        200        404       200      200       200          401
cancelRequest        401       404        200        404       403      403       200          401
reviewRequest        401       404        403        404       200      403       403          401
withdrawReview       401       404        404        404       404      404       404         401
createDelegation     401       403        403        403       201      403       403          401
listDelegations      401       200        200        200       200      200       200          401
endDelegation        401       404        404        404       200      403       200          401
listFollowUps        401       200        200        200       200      200       200          401
finishFollowUp       401       404        404        404       404      404       404          401
commentOnRequest     401       404        201        404       201      403       403          401
getInsight           401       404        403        404       200      200       200          401
listGrants           401       200        200        200       200      200       200          401
getGrant             401       404        200        404       200      200       200          401
extendGrant          401       404        200        404       404      404       404          401
endGrant             401       404        200        404       200      403       200          401
endGrants            401       403        403        403       403      403       409          401
silenceEnding        401       403        403        403       403      403       409          401
listBoundaries       401       403        403        403       403      200       200          401
issueSession         401       404        201        404       404      404       404          401
openConsole          401       404        201        404       404      404       404          401
listPreflight        401       403        403        403       403      403       200          401
runPreflight         401       403        403        403       403      403       200          401
listAuditEvents      401       403        403        403       403      200       403          401
enrolTotp            401       201        201        201       201      201       201          401
confirmTotp          401       422        422        422       422      422       422          401
verifyTotp           401       422        422        422       422      422       422          401
resetTotp            401       403        403        403       403      403       204          401
createChatLink       401       201        201        201       201      201       201          401
listChatLinks        401       200        200        200       200      200       200          401
deleteChatLinks      401       204        204        204       204      204       204          401
resetChatLinks       401       403        403        403       403      403       204          401
getClosure           401       403        403        403       403      200       200          401
confirmClosure       401       403        403        403       403      403       409          401
listCatalogs         401       403        403        403       403      200       200          401
getCatalog           401       403        403        403       403      403       404          401
getCatalogChanges    401       403        403        403       403      403       404          401
approveCatalog       401       403        403        403       403      403       404          401
rejectCatalog        401       403        403        403       403      403       404          401
listEligibilityReviews 401      200        200        200       200      200       200          401
getEligibilityReview 401       404        404        404       200      200       200          401
answerEligibility    401       404        404        404       200      403       403          401
graphql              401       200        200        200       200      200       200          401
getHealth            200       200        200        200       200      200       200          200
getReadiness         200       200        200        200       200      200       200          200
getMetrics           200       200        200        200       200      200       200          200
getOpenapi           200       200        200        200       200      200       200          200
getStylesheet        200       200        200        200       200      200       200          200
issuerMetadata       200       200        200        200       200      200       200          200
authorizeClient      400       400        400        400       400      400       400          400
confirmClientSignIn  400       400        400        400       400      400       400          400
exchangeCode         400       400        400        400       400      400       400          400
revokeToken          200       200        200        200       200      200       200          200
slackCallback        401       401        401        401       401      401       401          401
finishSignIn         400       400        400        400       400      400       400          400
startSignIn          503       503        503        503       503      503       503          503
endBrowserSignIn     303       303        303        303       303      303       303          303
showHome             200       200        200        200       200      200       200          200
showNewRequest       303       200        200        200       200      200       200          303
sendNewRequest       401       404        303        303       403      404       404          401
showRequest          303       404        200        404       200      200       200          303
sendReview           401       404        403        404       303      403       403          401
sendCancel           401       404        303        404       403      403       303          401
sendFollowUp         401       404        404        404       404      404       404          401
sendComment          401       404        303        404       303      403       403          401
sendWithdraw         401       404        404        404       404      404       404          401
sendEndGrant         401       404        303        404       303      403       303          401
showFactors          303       200        200        200       200      200       200          303
sendEnrolTotp        401       200        200        200       200      200       200          401
sendConfirmTotp      401       422        422        422       422      422       422          401
sendVerifyTotp       401       422        422        422       422      422       422          401
`;

const graphql = `
                                  nobody   stranger  requester  colleague   approver    auditor   operator    deactivated
Query.me                 unauthenticated       done       done       done       done       done       done  unauthenticated
Query.entitlements       unauthenticated       done       done       done       done       done       done  unauthenticated
Query.bundles            unauthenticated       done       done       done       done       done       done  unauthenticated
Query.find               unauthenticated       done       done       done       done       done       done  unauthenticated
Query.entitlement        unauthenticated  not_found       done       done       done  not_found  not_found  unauthenticated
Query.requests           unauthenticated       done       done       done       done       done       done  unauthenticated
Query.request            unauthenticated  not_found       done  not_found       done       done       done  unauthenticated
Query.delegations        unauthenticated       done       done       done       done       done       done  unauthenticated
Query.followUps          unauthenticated       done       done       done       done       done       done  unauthenticated
Query.insight            unauthenticated  not_found  forbidden  not_found       done       done       done  unauthenticated
Query.grants             unauthenticated       done       done       done       done       done       done  unauthenticated
Query.grant              unauthenticated  not_found       done  not_found       done       done       done  unauthenticated
Query.eligibilityReviews unauthenticated       done       done       done       done       done       done  unauthenticated
Query.eligibilityReview  unauthenticated  not_found  not_found  not_found       done       done       done  unauthenticated
Mutation.answerEligibility unauthenticated not_found not_found  not_found       done  forbidden  forbidden  unauthenticated
Query.auditEvents        unauthenticated  forbidden  forbidden  forbidden  forbidden       done  forbidden  unauthenticated
Mutation.submitRequest   unauthenticated  not_found       done       done  forbidden  not_found  not_found  unauthenticated
Mutation.cancelRequest   unauthenticated  not_found       done  not_found  forbidden  forbidden       done  unauthenticated
Mutation.reviewRequest   unauthenticated  not_found  forbidden  not_found       done  forbidden  forbidden  unauthenticated
Mutation.withdrawReview  unauthenticated  not_found  not_found  not_found  not_found  not_found  not_found  unauthenticated
Mutation.createDelegation  unauthenticated  forbidden  forbidden  forbidden       done  forbidden  forbidden  unauthenticated
Mutation.endDelegation   unauthenticated  not_found  not_found  not_found       done  forbidden       done  unauthenticated
Mutation.finishFollowUp  unauthenticated  not_found  not_found  not_found  not_found  not_found  not_found  unauthenticated
Mutation.commentOnRequest  unauthenticated  not_found       done  not_found       done  forbidden  forbidden  unauthenticated
Mutation.extendGrant     unauthenticated  not_found       done  not_found  not_found  not_found  not_found  unauthenticated
Mutation.endGrant        unauthenticated  not_found       done  not_found       done  forbidden       done  unauthenticated
`;

let world: World;
let cast: Cast;
let reviewed: Record<string, string>;
beforeAll(async () => {
  world = await startWorld();
  cast = await gather(world);
  reviewed = await openReviews(world);
  // The keeper has a factor that can be taken away.
  const persona = await world.signIn(cast.keeper.who?.id ?? '');
  await perform(world, 'enrolTotp', { ...cast.keeper, persona }, await fresh());
});
afterAll(() => world.stop());

const changes = (operation: string) => /cancel|review|end(?!B)|issue/i.test(operation);

/** A request and a grant of the requester that nobody has touched. */
async function fresh(operation = '') {
  const open = await makeRequest(world, cast.requester, 'prod/admin');
  const approved = await makeRequest(world, cast.requester, 'prod/admin');
  const [grant = ''] = await review(world, cast.approver, approved, 'approve');
  return {
    request: open.id,
    digest: open.digest,
    grant,
    entitlement: 'prod/admin',
    person: cast.keeper.who?.id ?? '',
    delegation: operation.includes('endDelegation')
      ? await makeDelegation(world, cast.approver, cast.keeper.who?.id ?? '')
      : '',
    eligibility: { review: reviewed['prod/admin'] ?? '', person: cast.colleague.who?.id ?? '' },
  };
}

describe('every HTTP operation answers every kind of caller as the table says', () => {
  test('and the table has every operation', () => {
    expect(Object.keys(cells(rest)).toSorted()).toEqual(Object.keys(operations).toSorted());
  });

  test.each(Object.entries(cells(rest)))('%s', async (operation, row) => {
    const got: Record<string, string> = {};
    let target = await fresh(operation);
    for (const name of Object.keys(row)) {
      const actor = cast[name as keyof Cast];
      // Signing out takes a sign-in away, so each cell has one of its own.
      const persona = actor.persona === null ? null : await world.signIn(actor.persona.id);
      const { status } = await perform(world, operation, { ...actor, persona }, target);
      got[name] = String(status);
      if (changes(operation) && status < 400) target = await fresh(operation);
    }
    expect(got).toEqual(row);
  });
});

describe('every root field of GraphQL answers every kind of caller as the table says', () => {
  test.each(Object.entries(cells(graphql)))('%s', async (field, row) => {
    const got: Record<string, string> = {};
    let target = await fresh(field);
    for (const name of Object.keys(row)) {
      // Resetting takes sign-ins away.
      const actor = cast[name as keyof Cast];
      const persona = actor.persona === null ? null : await world.signIn(actor.persona.id);
      const { code } = await performGraphql(world, field, { ...actor, persona }, target);
      got[name] = code;
      if (changes(field) && code === 'done') target = await fresh(field);
    }
    expect(got).toEqual(row);
  });
});
