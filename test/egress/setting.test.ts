import { expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.ts';

function read(value: string | undefined) {
  const environment = {
    DATABASE_URL: 'postgres://daypass_app:pw@localhost/daypass',
    PUBLIC_URL: 'https://daypass.example.com',
    CATALOG: 'catalog.yaml',
    OIDC_ISSUER: 'https://idp.example.com',
    OIDC_CLIENT_ID: 'daypass',
    OIDC_CLIENT_SECRET: 'very secret',
    MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
    OPERATORS_GROUP: 'operators',
    AUDITORS_GROUP: 'auditors',
    AWS_REGION: 'eu-central-1',
    EGRESS_ALLOW: value,
  };
  return readConfig({ environment, readFile: () => '' }).oidc.egressAllow;
}

test('nothing that is not public may be called unless it is listed', () => {
  expect(read(undefined)).toEqual([]);
  expect(read('10.20.0.0/16, fd12:3456::/32')).toEqual(['10.20.0.0/16', 'fd12:3456::/32']);
});

test('every wrong entry of EGRESS_ALLOW is named at start', () => {
  let problems: readonly string[] = [];
  try {
    read('idp.internal,0.0.0.0/0,169.254.169.254,10.0.0.1');
  } catch (error) {
    if (error instanceof ConfigError) problems = error.problems;
  }
  expect(problems).toEqual([
    expect.stringMatching(/^EGRESS_ALLOW: idp\.internal is neither an IP address nor a network/),
    expect.stringMatching(/^EGRESS_ALLOW: 0\.0\.0\.0\/0 is too wide/),
    expect.stringMatching(/^EGRESS_ALLOW: 169\.254\.169\.254 is a metadata service, which is never called/),
  ]);
});
