import { describe, expect, test } from 'vitest';
import { lendingActions } from '../../../src/broker/preflight/check-trust.ts';
import { UnreadablePolicyError } from '../../../src/broker/preflight/policy-statements.ts';
import { judgeTrust } from '../../../src/broker/preflight/trust.ts';
import { brokerOf } from '../../../src/broker/preflight/trust-broker.ts';

const home = '999988887777';
const brokerArn = `arn:aws:iam::${home}:role/daypass-broker`;
const broker = { accountId: home, roleName: 'daypass-broker' };

interface Said {
  readonly Effect?: string;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Condition?: unknown;
}

const statement = (over: Said = {}): Said => ({
  Effect: 'Allow',
  ...('NotPrincipal' in over ? {} : { Principal: { AWS: brokerArn } }),
  ...('NotAction' in over ? {} : { Action: lendingActions }),
  ...over,
});

function judge(statements: Said | readonly Said[], externalId: string | null = null) {
  const document = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return judgeTrust(document, { broker, actions: lendingActions, externalId });
}

const deny = (over: Said) => statement({ Effect: 'Deny', ...over });
const equals = (key: string, ...values: string[]) => ({ StringEquals: { [key]: values } });
const everything = { refused: [], unjudged: [] };

describe('Daypass is let in', () => {
  test.each<[string, Said | readonly Said[]]>([
    ['by its role', statement()],
    [
      'by its role with a path',
      statement({ Principal: { AWS: `arn:aws:iam::${home}:role/team/x/daypass-broker` } }),
    ],
    [
      'by one of several principals',
      statement({ Principal: { AWS: ['arn:aws:iam::123456789012:root', brokerArn] } }),
    ],
    ['by its account', statement({ Principal: { AWS: home } })],
    ['by the root of its account', statement({ Principal: { AWS: `arn:aws:iam::${home}:root` } })],
    ['by everybody', statement({ Principal: '*' })],
    ['by action patterns, in any case', statement({ Action: ['STS:assume*', 'sts:Tag?ession', 'sts:Set*'] })],
    ['by everything but what it does not need', statement({ NotAction: 'iam:*' })],
    ['in several statements', lendingActions.map((Action) => statement({ Action }))],
    [
      'on the condition of its ARN',
      statement({ Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': brokerArn } } }),
    ],
    ['on the condition of its account', statement({ Condition: equals('aws:PrincipalAccount', home) })],
    ['past a deny of others', [statement(), deny({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } })]],
    ['past a deny of something else', [statement(), deny({ Action: 'sts:AssumeRoleWithSAML' })]],
    [
      'past a deny of everybody but itself',
      [statement(), deny({ Principal: '*', Condition: { ArnNotEquals: { 'aws:PrincipalArn': brokerArn } } })],
    ],
  ])('%s', (_how, statements) => {
    expect(judge(statements)).toMatchObject(everything);
  });
});

describe('Daypass is not let in', () => {
  test.each<[string, Said | readonly Said[], string[]]>([
    [
      'by a role of that name in another account',
      statement({ Principal: { AWS: 'arn:aws:iam::123456789012:role/daypass-broker' } }),
      lendingActions,
    ],
    [
      'by a role whose name ends like its own',
      statement({ Principal: { AWS: `arn:aws:iam::${home}:role/not-daypass-broker` } }),
      lendingActions,
    ],
    ['by a service', statement({ Principal: { Service: 'ec2.amazonaws.com' } }), lendingActions],
    ['by an identity provider', statement({ Principal: { Federated: brokerArn } }), lendingActions],
    [
      'by the id that is left of a deleted role',
      statement({ Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } }),
      lendingActions,
    ],
    [
      'without tagging',
      statement({ Action: ['sts:AssumeRole', 'sts:SetSourceIdentity'] }),
      ['sts:TagSession'],
    ],
    [
      'without a source identity',
      statement({ Action: ['sts:AssumeRole', 'sts:TagSession'] }),
      ['sts:SetSourceIdentity'],
    ],
    [
      'with an external id that it does not send',
      statement({ Condition: equals('sts:ExternalId', 'x') }),
      lendingActions,
    ],
    ['where a deny names it', [statement(), deny({ Action: 'sts:*' })], lendingActions],
    [
      'where a deny names everybody',
      [statement(), deny({ Principal: { AWS: '*' }, Action: '*' })],
      lendingActions,
    ],
    [
      'for another account',
      statement({ Condition: equals('aws:PrincipalAccount', '123456789012') }),
      lendingActions,
    ],
    [
      'where one of two conditions fails',
      statement({ Condition: { ...equals('sts:ExternalId', 'x'), Bool: { 'aws:SecureTransport': 'true' } } }),
      lendingActions,
    ],
  ])('%s', (_how, statements, refused) => {
    expect(judge(statements)).toMatchObject({ refused, unjudged: [] });
  });
});

describe('what cannot be judged is said to be so, never let through', () => {
  test.each<[string, Said | readonly Said[]]>([
    ['a condition on the organization', statement({ Condition: equals('aws:PrincipalOrgID', 'o-1') })],
    [
      'a condition on the address',
      statement({ Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } }),
    ],
    [
      'an operator that allows absence',
      statement({ Condition: { StringEqualsIfExists: { 'aws:PrincipalArn': brokerArn } } }),
    ],
    ['a policy variable', statement({ Condition: equals('aws:PrincipalArn', '${aws:PrincipalArn}') })],
    ['NotPrincipal', statement({ NotPrincipal: { AWS: 'arn:aws:iam::123456789012:root' } })],
    ['a deny with NotPrincipal', [statement(), deny({ NotPrincipal: { AWS: brokerArn } })]],
    [
      'a deny under a condition',
      [statement(), deny({ Principal: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'false' } } })],
    ],
    [
      'one session of its role',
      statement({ Principal: { AWS: `arn:aws:sts::${home}:assumed-role/daypass-broker/x` } }),
    ],
    [
      'a pattern that may or may not mean its ARN',
      statement({ Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${home}:role/team/*` } } }),
    ],
  ])('%s', (_what, statements) => {
    expect(judge(statements)).toMatchObject({ refused: [], unjudged: lendingActions });
  });

  test.each([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no statement', '{}'],
    ['no effect', JSON.stringify({ Statement: { Principal: '*', Action: '*' } })],
    ['an element that is not known', JSON.stringify({ Statement: { ...statement(), Magic: 1 } })],
    ['no action', JSON.stringify({ Statement: { Effect: 'Allow', Principal: '*' } })],
    ['both Action and NotAction', JSON.stringify({ Statement: { ...statement(), NotAction: 'x' } })],
    ['both principals', JSON.stringify({ Statement: { ...statement(), NotPrincipal: '*' } })],
    ['a principal that is a list', JSON.stringify({ Statement: statement({ Principal: ['*'] }) })],
    ['a principal that is a number', JSON.stringify({ Statement: statement({ Principal: { AWS: 5 } }) })],
    ['a condition that is text', JSON.stringify({ Statement: statement({ Condition: 'x' }) })],
  ])('%s is no policy', (_what, document) => {
    const question = { broker, actions: lendingActions, externalId: null };
    expect(() => judgeTrust(document, question)).toThrow(UnreadablePolicyError);
  });
});

describe('everybody else who is let in is named', () => {
  const others = (statements: Said | readonly Said[]) =>
    judge(statements).others.map(({ who, certain }) => `${who}${certain ? '' : ' (perhaps)'}`);

  test('nobody, where only Daypass is', () => {
    expect(others([statement(), deny({ Principal: '*' })])).toEqual([]);
    expect(
      others(statement({ Principal: { AWS: `arn:aws:sts::${home}:assumed-role/daypass-broker/x` } })),
    ).toEqual([]);
  });

  test.each<[string, Said, string[]]>([
    [
      'another role',
      { Principal: { AWS: [brokerArn, 'arn:aws:iam::123456789012:role/ci'] } },
      ['arn:aws:iam::123456789012:role/ci'],
    ],
    [
      'the same name elsewhere',
      { Principal: { AWS: 'arn:aws:iam::123456789012:role/daypass-broker' } },
      ['arn:aws:iam::123456789012:role/daypass-broker'],
    ],
    [
      'a user',
      { Principal: { AWS: 'arn:aws:iam::123456789012:user/eve' } },
      ['arn:aws:iam::123456789012:user/eve'],
    ],
    ['an account', { Principal: { AWS: '123456789012' } }, ['whomever account 123456789012 lets']],
    [
      "the broker's whole account",
      { Principal: { AWS: `arn:aws:iam::${home}:root` } },
      [`whomever account ${home} lets`],
    ],
    ['everybody', { Principal: '*' }, ['everybody (*)']],
    ['everybody, said otherwise', { Principal: { AWS: '*' } }, ['everybody (*)']],
    ['a service', { Principal: { Service: ['ec2.amazonaws.com'] } }, ['service ec2.amazonaws.com']],
    [
      'an OIDC provider',
      { Principal: { Federated: 'arn:aws:iam::1:oidc-provider/x' }, Action: 'sts:AssumeRoleWithWebIdentity' },
      ['federated arn:aws:iam::1:oidc-provider/x'],
    ],
    ['NotPrincipal', { NotPrincipal: { AWS: brokerArn } }, ['everybody but those that NotPrincipal names']],
    [
      'what a deleted role left',
      { Principal: { AWS: 'AROAEXAMPLEEXAMPLE123' } },
      ['AROAEXAMPLEEXAMPLE123 (the id of a principal that was deleted)'],
    ],
    [
      'whoever knows an external id',
      { Principal: '*', Condition: equals('sts:ExternalId', 'x') },
      ['everybody (*)'],
    ],
    [
      'somebody under a condition',
      { Principal: '*', Condition: equals('aws:PrincipalOrgID', 'o-1') },
      ['everybody (*) (perhaps)'],
    ],
    ['somebody by action pattern', { Principal: '*', Action: 'sts:*' }, ['everybody (*)']],
    ['somebody by what is not said', { Principal: '*', NotAction: 'sts:TagSession' }, ['everybody (*)']],
    [
      'a pattern of ARNs',
      { Principal: '*', Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${home}:role/*` } } },
      ['everybody (*) (perhaps)'],
    ],
    [
      'the broker and another by condition',
      {
        Principal: '*',
        Condition: { ArnEquals: { 'aws:PrincipalArn': [brokerArn, 'arn:aws:iam::1:role/x'] } },
      },
      ['everybody (*) (perhaps)'],
    ],
  ])('%s', (_who, over, named) => {
    expect(others(statement(over))).toEqual(named);
  });

  test('not those who may only tag', () => {
    expect(
      others([
        statement(),
        statement({ Principal: '*', Action: ['sts:TagSession', 'sts:SetSourceIdentity'] }),
      ]),
    ).toEqual([]);
  });

  test('not where a condition or a deny leaves nobody but Daypass', () => {
    const itself = { 'aws:PrincipalArn': brokerArn };
    expect(others(statement({ Principal: { AWS: home }, Condition: { ArnEquals: itself } }))).toEqual([]);
    const shut = deny({ Principal: '*', Action: 'sts:*', Condition: { StringNotEquals: itself } });
    expect(others([statement({ Principal: '*' }), shut])).toEqual([]);
    expect(judge([statement({ Principal: '*' }), shut])).toMatchObject(everything);
  });

  test('but where such a deny leaves something open', () => {
    const itself = { 'aws:PrincipalArn': brokerArn };
    const open = statement({ Principal: '*', Action: 'sts:*' });
    for (const weak of [
      deny({ Principal: '*', Action: 'sts:AssumeRole', Condition: { StringNotEquals: itself } }),
      deny({ Principal: '*', Action: 'sts:*', Condition: { StringNotEqualsIfExists: itself } }),
      deny({
        Principal: '*',
        Action: 'sts:*',
        Condition: { StringNotEquals: itself, Bool: { 'aws:SecureTransport': 'true' } },
      }),
      deny({ Principal: { AWS: '123456789012' }, Action: 'sts:*', Condition: { StringNotEquals: itself } }),
      deny({
        Principal: '*',
        Action: 'sts:*',
        Condition: { StringNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/daypass-broker' } },
      }),
    ]) {
      expect(others([open, weak])).toEqual(['everybody (*)']);
    }
  });
});

describe('the external id', () => {
  const asks = (...ids: string[]) => statement({ Condition: equals('sts:ExternalId', ...ids) });

  test('is demanded where nothing lets Daypass in without it', () => {
    expect(judge(asks('right'), 'right')).toMatchObject({ ...everything, demandsExternalId: true });
    const split = [asks('right'), statement({ Action: ['sts:TagSession', 'sts:SetSourceIdentity'] })];
    expect(judge(split, 'right')).toMatchObject({ ...everything, demandsExternalId: true });
    const denied = [statement(), deny({ Condition: { StringNotEquals: { 'sts:ExternalId': 'right' } } })];
    expect(judge(denied, 'right')).toMatchObject({ ...everything, demandsExternalId: true });
  });

  test('is not demanded where there is another way', () => {
    expect(judge(statement(), 'right').demandsExternalId).toBe(false);
    expect(judge(asks('right', 'other'), 'right').demandsExternalId).toBe(false);
    expect(judge([asks('right'), statement({ Action: 'sts:AssumeRole' })], 'right').demandsExternalId).toBe(
      false,
    );
    expect(
      judge(statement({ Condition: { StringLike: { 'sts:ExternalId': '*' } } }), 'right').demandsExternalId,
    ).toBe(false);
    expect(
      judge(statement({ Condition: { StringNotEquals: { 'sts:ExternalId': 'wrong' } } }), 'right')
        .demandsExternalId,
    ).toBe(false);
  });

  test('that the catalog lacks, or has differently, is told apart from no right at all', () => {
    expect(judge(asks('right')).wantsOtherExternalId).toBe(true);
    expect(judge(asks('right'), 'wrong')).toMatchObject({
      refused: lendingActions,
      wantsOtherExternalId: true,
    });
    expect(judge(statement({ Principal: { AWS: '123456789012' } })).wantsOtherExternalId).toBe(false);
  });
});

test('who Daypass is follows from the session it has, and from nothing that is no role', () => {
  expect(brokerOf(`arn:aws:sts::${home}:assumed-role/daypass-broker/i-123`)).toEqual(broker);
  expect(brokerOf(`arn:aws:iam::${home}:user/x`)).toBeNull();
  expect(brokerOf(`arn:aws:iam::${home}:root`)).toBeNull();
});
