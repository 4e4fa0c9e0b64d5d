import { expect, test } from 'vitest';
import { ConfigError, type Environment, readConfig } from '../src/config.ts';

const complete: Environment = {
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
};
const noFiles = () => {
  throw new Error('no such file');
};

function problems(environment: Environment): readonly string[] {
  try {
    readConfig({ environment, readFile: noFiles });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

test('a complete environment is accepted', () => {
  const config = readConfig({ environment: complete, readFile: noFiles });
  expect(config).toMatchObject({
    port: 8080,
    catalogTrust: { mode: 'two-operators', keys: [] },
    totpEnabled: false,
    tokenSeconds: 43_200,
    identityCenter: null,
  });
});

test('the workspaces that Daypass listens to come with the Slack secret', () => {
  const environment = { ...complete, SLACK_SIGNING_SECRET: 'hush', SLACK_TEAM_IDS: 'T0123ABCD, T0456' };
  expect(readConfig({ environment, readFile: noFiles }).slackTeamIds).toEqual(['T0123ABCD', 'T0456']);
});

test('the secret of on-call webhooks is optional', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const read = (environment: Environment) => readConfig({ environment, readFile: noFiles });
  expect(read(complete).onCallWebhookSecret).toBeNull();
  expect(read({ ...complete, ON_CALL_WEBHOOK_SECRET: secret }).onCallWebhookSecret?.reveal()).toBe(secret);
});

test('an empty environment names every missing variable at once', () => {
  const named = problems({}).map((problem) => problem.split(' ')[0]);
  expect(named).toEqual(Object.keys(complete));
});

test.each([
  ['PORT', '70000', /PORT must be a whole number/],
  ['PORT', '80x', /PORT must be a whole number/],
  ['PUBLIC_URL', 'http://daypass.example.com', /https/],
  ['OIDC_ISSUER', 'not a url', /https/],
  ['DATABASE_URL', 'mysql://x', /postgres:/],
  ['MASTER_KEY', 'c2hvcnQ=', /32 random bytes/],
  ['TOTP', 'yes', /on, off/],
  ['CATALOG_TRUST', 'everybody', /two-operators, signature, file/],
  ['CATALOG_TRUST', 'signature', /set CATALOG_SIGNING_KEYS/],
  ['CATALOG_SIGNING_KEYS', 'c2hvcnQ=', /key 1 is no Ed25519 public key/],
  ['IDENTITY_STORE_ID', 'd-1', /go together/],
  ['SLACK_SIGNING_SECRET', 'hush', /SLACK_TEAM_IDS is not set.*list the workspaces/],
  ['AWS_SIGNIN_ENDPOINT', 'https://signin.example.com/federation', /must be a federation endpoint of AWS/],
  ['AWS_SIGNIN_ENDPOINT', 'https://signin.aws.amazon.com/federation?x=1', /must be a federation endpoint/],
  [
    'TICKET_VALIDATOR_URL',
    'https://tickets.example',
    /TICKET_VALIDATOR_URL and TICKET_VALIDATOR_SECRET go together/,
  ],
  ['NOTIFY_WEBHOOK_SECRET', 'whsec_x', /NOTIFY_WEBHOOK_URL and NOTIFY_WEBHOOK_SECRET go together/],
  ['ON_CALL_WEBHOOK_SECRET', 'hush', /must be whsec_ and 24 to 64 random bytes.*openssl rand/],
  ['ON_CALL_WEBHOOK_SECRET', 'whsec_c2hvcnQ=', /must be whsec_/],
  ['SLACK_TEAM_IDS', 'T1 T2', /workspace ids, separated by commas/],
  ['GUARDRAIL_MAX_DURATION_SECONDS', '86400', /60 to 43200/],
])('%s=%s is refused with what to do', (name, value, message) => {
  expect(problems({ ...complete, [name]: value })).toEqual([expect.stringMatching(message) as string]);
});

test('no error repeats a secret', () => {
  const text = problems({
    ...complete,
    DATABASE_URL: 'mysql://user:hunter2@x',
    MASTER_KEY: 'hunter2',
    PORT: 'x',
  }).join('\n');
  expect(text).not.toContain('hunter2');
});

test('secrets can come from files, and an unreadable file is an error', () => {
  const { OIDC_CLIENT_SECRET: _left, ...rest } = complete;
  const environment = { ...rest, OIDC_CLIENT_SECRET_FILE: '/run/secrets/oidc' };
  const config = readConfig({ environment, readFile: (path) => `from ${path}\n` });
  expect(config.oidc.clientSecret.reveal()).toBe('from /run/secrets/oidc');
  expect(problems(environment)).toEqual(['OIDC_CLIENT_SECRET_FILE names a file that cannot be read']);
});

const signingSecret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;

test('a webhook is an address and a secret, and without both there is none', () => {
  expect(readConfig({ environment: complete, readFile: noFiles })).toMatchObject({
    ticketValidator: null,
    notifyWebhook: null,
  });
  const environment = {
    ...complete,
    NOTIFY_WEBHOOK_URL: 'https://hooks.example/a',
    NOTIFY_WEBHOOK_SECRET: signingSecret,
  };
  const { notifyWebhook } = readConfig({ environment, readFile: noFiles });
  expect(notifyWebhook?.url.href).toBe('https://hooks.example/a');
  expect(notifyWebhook?.secret.reveal()).toBe(signingSecret);
});

test.each([
  ['http://hooks.example/hunter2', signingSecret, /^NOTIFY_WEBHOOK_URL must be an https URL/],
  ['no url', signingSecret, /^NOTIFY_WEBHOOK_URL must be an https URL/],
  [
    'https://user:hunter2@hooks.example/',
    signingSecret,
    /^NOTIFY_WEBHOOK_URL: .*user or password: take it out/,
  ],
  ['https://hooks.example:22/hunter2', signingSecret, /^NOTIFY_WEBHOOK_URL: Port 22/],
  [
    'https://hooks.example/',
    'whsec_aHVudGVyMg==',
    /^NOTIFY_WEBHOOK_SECRET must be whsec_ and 24 to 64 random bytes/,
  ],
])('the webhook %s is refused at start', (url, secret, message) => {
  const found = problems({ ...complete, NOTIFY_WEBHOOK_URL: url, NOTIFY_WEBHOOK_SECRET: secret });
  expect(found).toEqual([expect.stringMatching(message) as string]);
  expect(found.join()).not.toContain('hunter2');
  expect(found.join()).not.toContain(secret);
});
