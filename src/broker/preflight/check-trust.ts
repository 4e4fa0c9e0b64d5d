import { type Check, error, type Finding, named, ok, stopping, warning } from './finding.ts';
import { UnreadablePolicyError } from './policy-statements.ts';
import { judgeTrust, type TrustQuestion, type TrustVerdict } from './trust.ts';

export const lendingActions = ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity'];

/** What the trust policy of a role that is lent means: is Daypass let in, with its external id, and nobody else? */
export function checkLentTrust(trustPolicy: string, question: TrustQuestion): Finding[] {
  const verdict = judge(trustPolicy, question);
  if (typeof verdict === 'string') {
    const more = `The trust policy cannot be read (${verdict}): look at it yourself.`;
    return [
      warning('trust', 'It could not be judged whether Daypass may assume the role.', more),
      warning('trust-others', 'It could not be judged whether somebody else can assume the role.', more),
    ];
  }
  return [entryFinding(verdict, question), othersFinding(verdict), ...externalIdFinding(verdict, question)];
}

/** What the trust policy of one of Daypass's own roles means: only Daypass may assume it. Findings only where something is wrong. */
export function checkOwnTrust(
  check: Check,
  role: string,
  trustPolicy: string,
  question: TrustQuestion,
): Finding[] {
  const verdict = judge(trustPolicy, question);
  const unclear = `It could not be judged who can assume role ${role}.`;
  if (typeof verdict === 'string')
    return [warning(check, unclear, `Its trust policy cannot be read (${verdict}): look at it yourself.`)];
  const { refused, unjudged, others } = verdict;
  const [sure, unsure] = [whoOf(verdict, true), whoOf(verdict, false)];
  return [
    ...(refused.length === 0
      ? []
      : [
          error(
            check,
            `Daypass may not assume role ${role}.`,
            `Allow ${brokerText(question)} to sts:AssumeRole in its trust policy.`,
          ),
        ]),
    ...(refused.length > 0 || unjudged.length === 0
      ? []
      : [
          warning(
            check,
            unclear,
            `Its trust policy has elements or conditions that Daypass does not judge: let ${brokerText(question)} in plainly.`,
          ),
        ]),
    ...(sure.length === 0
      ? []
      : [
          error(
            check,
            `Somebody else than Daypass can assume role ${role}.`,
            `Take them out of its trust policy: ${named(sure)}.`,
          ),
        ]),
    ...(others.length === 0 || unsure.length === 0
      ? []
      : [
          warning(
            check,
            `Somebody else than Daypass may be able to assume role ${role}.`,
            `Its trust policy lets in, under conditions that Daypass does not judge: ${named(unsure)}. Take them out.`,
          ),
        ]),
  ];
}

function judge(trustPolicy: string, question: TrustQuestion): TrustVerdict | string {
  try {
    return judgeTrust(trustPolicy, question);
  } catch (problem) {
    if (problem instanceof UnreadablePolicyError) return problem.message;
    throw problem;
  }
}

function entryFinding(verdict: TrustVerdict, question: TrustQuestion): Finding {
  const { refused, unjudged, wantsOtherExternalId } = verdict;
  if (refused.length > 0) {
    const more = wantsOtherExternalId
      ? question.externalId === null
        ? 'Its trust policy asks for an external id: name it as externalId in the catalog.'
        : 'Its trust policy asks for another external id than the catalog names: make them the same.'
      : `Allow ${brokerText(question)} in its trust policy, with ${refused.join(', ')}.`;
    return stopping('trust', 'Daypass may not assume the role.', more);
  }
  if (unjudged.length > 0) {
    return warning(
      'trust',
      'It could not be judged whether Daypass may assume the role.',
      `Its trust policy has elements or conditions that Daypass does not judge, for ${unjudged.join(', ')}: try it once, or let ${brokerText(question)} in plainly.`,
    );
  }
  return ok('trust', 'Daypass may assume the role, tag its sessions and set their source identity.');
}

function othersFinding(verdict: TrustVerdict): Finding {
  const [sure, unsure] = [whoOf(verdict, true), whoOf(verdict, false)];
  if (sure.length > 0) {
    return error(
      'trust-others',
      'Somebody else than Daypass can assume the role, without asking.',
      `Take them out of its trust policy: ${named([...sure, ...unsure])}.`,
    );
  }
  if (unsure.length > 0) {
    return warning(
      'trust-others',
      'Somebody else than Daypass may be able to assume the role.',
      `Its trust policy lets in, under conditions that Daypass does not judge: ${named(unsure)}. Take them out.`,
    );
  }
  return ok('trust-others', 'Nobody else can assume the role.');
}

function externalIdFinding(
  { refused, demandsExternalId }: TrustVerdict,
  { externalId }: TrustQuestion,
): Finding[] {
  if (externalId === null || refused.includes('sts:AssumeRole')) return [];
  return [
    demandsExternalId
      ? ok('external-id', 'The role can be assumed with its external id alone.')
      : warning(
          'external-id',
          'The role does not ask for the external id that the catalog names.',
          'Add the condition StringEquals sts:ExternalId to the statement of its trust policy that allows sts:AssumeRole.',
        ),
  ];
}

function whoOf({ others }: TrustVerdict, certain: boolean): string[] {
  return others.filter((other) => other.certain === certain).map(({ who }) => who);
}

function brokerText({ broker }: TrustQuestion): string {
  return `role ${broker.roleName} of account ${broker.accountId}`;
}
