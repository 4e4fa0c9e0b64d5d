import { type Trust, trustModes } from './catalog/trust.ts';
import type { AssuranceLevel } from './catalog/types.ts';
import { checks, list } from './config-checks.ts';
import { Secret } from './keys/secret.ts';

/** The environment as main.ts read it. */
export type Environment = Readonly<Record<string, string | undefined>>;

interface Setting {
  readonly name: string;
  readonly about: string;
  /** What stands when it is not set; undefined means that it must be. */
  readonly standard?: string;
  readonly secret?: boolean;
}

// Every setting of the service, once: name, default and what it is for. docs/configuration.md is generated from this.
const settings = {
  databaseUrl: {
    name: 'DATABASE_URL',
    about: 'PostgreSQL as the application role, which owns nothing.',
    secret: true,
  },
  databaseAdminUrl: {
    name: 'DATABASE_ADMIN_URL',
    about: 'PostgreSQL as the owner. Read by `daypass migrate` only; keep it out of the running service.',
    standard: '',
    secret: true,
  },
  databaseDirectUrl: {
    name: 'DATABASE_DIRECT_URL',
    about: 'A direct connection for LISTEN, when DATABASE_URL goes through a transaction pooler.',
    standard: '',
    secret: true,
  },
  publicUrl: {
    name: 'PUBLIC_URL',
    about: 'The https address people reach Daypass at. http is accepted for loopback only.',
  },
  host: { name: 'HOST', about: 'Address to listen on.', standard: '127.0.0.1' },
  port: { name: 'PORT', about: 'Port to listen on.', standard: '8080' },
  catalog: {
    name: 'CATALOG',
    about:
      'Path of the catalog file. It is read again when it changes; what it says is in force by CATALOG_TRUST.',
  },
  catalogTrust: {
    name: 'CATALOG_TRUST',
    about:
      'What puts a catalog in force: `two-operators` who approve it, `signature`, or `file`: whoever can write the file decides, for development only.',
    standard: 'two-operators',
  },
  catalogSigningKeys: {
    name: 'CATALOG_SIGNING_KEYS',
    about:
      'Comma-separated Ed25519 public keys, PEM or base64, whose detached signature in `<CATALOG>.sig` puts a catalog in force, under `two-operators`, too. Needed with `signature`.',
    standard: '',
  },
  oidcIssuer: { name: 'OIDC_ISSUER', about: 'Issuer URL of the identity provider.' },
  oidcClientId: {
    name: 'OIDC_CLIENT_ID',
    about: 'Client id at the identity provider. Its redirect URI is PUBLIC_URL/oauth/callback.',
  },
  oidcClientSecret: {
    name: 'OIDC_CLIENT_SECRET',
    about: 'Client secret; or name a file in OIDC_CLIENT_SECRET_FILE.',
    secret: true,
  },
  oidcClientAuth: {
    name: 'OIDC_CLIENT_AUTH',
    about: 'How the secret is sent: client_secret_basic or client_secret_post.',
    standard: 'client_secret_basic',
  },
  oidcScopes: {
    name: 'OIDC_SCOPES',
    about: 'Scopes asked for at sign-in.',
    standard: 'openid profile email',
  },
  oidcGroupsClaim: {
    name: 'OIDC_GROUPS_CLAIM',
    about: 'Claim of the ID token that lists the groups of a person.',
    standard: 'groups',
  },
  oidcManagerClaim: {
    name: 'OIDC_MANAGER_CLAIM',
    about:
      "Claim of the ID token that holds the subject (`sub`) of a person's manager. Without it, nobody is anybody's manager.",
    standard: '',
  },
  assuranceMap: {
    name: 'ASSURANCE_MAP',
    about:
      'JSON: which acr and amr values prove which assurance, `{"acr": {"value": "multi-factor"}, "amr": {…}}`. Levels: single-factor, multi-factor, phishing-resistant. What is not listed proves the minimum.',
    standard: '{}',
  },
  totp: {
    name: 'TOTP',
    about:
      '`on` lets people enrol a one-time-code app with Daypass itself. Only for identity providers without a second factor: where the provider has one, this would be a way around it.',
    standard: 'off',
  },
  masterKey: {
    name: 'MASTER_KEY',
    about:
      "Root of Daypass's own keys: 32 random bytes in base64 (`openssl rand -base64 32`); or name a file in MASTER_KEY_FILE.",
    secret: true,
  },
  anchorFile: {
    name: 'ANCHOR_FILE',
    about:
      'Path of a file outside of the database, on a volume that is not restored with it: Daypass keeps there how far the database had come, and starts closed with one that is older. Without it a restore goes unnoticed.',
    standard: '',
  },
  operatorsGroup: { name: 'OPERATORS_GROUP', about: 'Group whose members operate Daypass.' },
  auditorsGroup: { name: 'AUDITORS_GROUP', about: 'Group whose members read the audit log.' },
  tokenSeconds: {
    name: 'SIGN_IN_SECONDS',
    about: 'How long a sign-in lasts, in seconds (300 to 86400).',
    standard: '43200',
  },
  trustedProxies: {
    name: 'TRUSTED_PROXIES',
    about: 'Comma-separated addresses or networks whose X-Forwarded-For is believed.',
    standard: '',
  },
  egressAllow: {
    name: 'EGRESS_ALLOW',
    about:
      'Comma-separated addresses or networks that Daypass may call although they are not public, such as `10.20.0.0/16`: where an identity provider or webhook inside your network is. Always over https.',
    standard: '',
  },
  slackSigningSecret: {
    name: 'SLACK_SIGNING_SECRET',
    about:
      'Signing secret of the Slack app; or name a file in SLACK_SIGNING_SECRET_FILE. Without it the Slack callback does not exist.',
    standard: '',
    secret: true,
  },
  slackTeamIds: {
    name: 'SLACK_TEAM_IDS',
    about:
      'Comma-separated ids of the Slack workspaces whose callbacks count, such as `T0123ABCD`. Needed with SLACK_SIGNING_SECRET: the app may be installed in others, and nobody there stands for anybody.',
    standard: '',
  },
  ticketValidatorUrl: {
    name: 'TICKET_VALIDATOR_URL',
    about:
      'https address that says whether a ticket is good for a request, over a signed webhook. Needs TICKET_VALIDATOR_SECRET.',
    standard: '',
  },
  ticketValidatorSecret: {
    name: 'TICKET_VALIDATOR_SECRET',
    about:
      'What calls to TICKET_VALIDATOR_URL are signed with: `whsec_` and 24 to 64 random bytes in base64. Two, separated by a comma, while you change it.',
    standard: '',
    secret: true,
  },
  notifyWebhookUrl: {
    name: 'NOTIFY_WEBHOOK_URL',
    about:
      'https address that notices are sent to, as signed webhooks: who was asked, what was decided, what ended. Needs NOTIFY_WEBHOOK_SECRET. Without it no notices are written.',
    standard: '',
  },
  notifyWebhookSecret: {
    name: 'NOTIFY_WEBHOOK_SECRET',
    about:
      'What calls to NOTIFY_WEBHOOK_URL are signed with: `whsec_` and 24 to 64 random bytes in base64. Two, separated by a comma, while you change it.',
    standard: '',
    secret: true,
  },
  onCallWebhookSecret: {
    name: 'ON_CALL_WEBHOOK_SECRET',
    about:
      'Secret that questions to on-call webhooks are signed with, as Standard Webhooks writes them: `whsec_` and 24 to 64 random bytes in base64, or two such, separated by a comma, while it is being changed; or name a file in ON_CALL_WEBHOOK_SECRET_FILE. Without it webhooks are not asked.',
    standard: '',
    secret: true,
  },
  identityCenterInstance: {
    name: 'IDENTITY_CENTER_INSTANCE_ARN',
    about: 'IAM Identity Center instance, needed when the catalog names permission sets.',
    standard: '',
  },
  identityStoreId: { name: 'IDENTITY_STORE_ID', about: 'Identity store of that instance.', standard: '' },
  identityStoreIssuer: {
    name: 'IDENTITY_STORE_EXTERNAL_ISSUER',
    about:
      'Issuer of the external ids in the identity store; a person is found by this and their OIDC subject.',
    standard: '',
  },
  awsRegion: {
    name: 'AWS_REGION',
    about: 'Region of the AWS endpoints. The other variables of the AWS SDK work too.',
  },
  boundaryPolicy: {
    name: 'BOUNDARY_POLICY',
    about:
      'Name of the customer-managed policy that is the permissions boundary of every role and permission set that Daypass lends, the same in every account: ended grants are denied in it.',
    standard: 'daypass-boundary',
  },
  denyWriterRole: {
    name: 'DENY_WRITER_ROLE',
    about: 'Name of the role, in every account, that may write the boundary policy and nothing else.',
    standard: 'daypass-deny-writer',
  },
  inspectorRole: {
    name: 'INSPECTOR_ROLE',
    about:
      'Name of the role, in every account, that reads roles and policies for `daypass doctor` and before approvals, and may do nothing else.',
    standard: 'daypass-inspector',
  },
  signinEndpoint: {
    name: 'AWS_SIGNIN_ENDPOINT',
    about:
      'Federation endpoint that signs people in to the AWS console: of another partition, such as `https://signin.amazonaws-us-gov.com/federation`, or of a Region. It must be one of AWS.',
    standard: 'https://signin.aws.amazon.com/federation',
  },
  maxDuration: {
    name: 'GUARDRAIL_MAX_DURATION_SECONDS',
    about: 'Longest grant any catalog may offer, in seconds (60 to 43200).',
    standard: '43200',
  },
  maxBreakGlass: {
    name: 'GUARDRAIL_BREAK_GLASS_MAX_DURATION_SECONDS',
    about: 'Longest break-glass grant any catalog may offer, in seconds (60 to 14400).',
    standard: '3600',
  },
  minApprovals: {
    name: 'GUARDRAIL_MIN_APPROVALS',
    about:
      'How many different people must approve whatever any catalog offers, at the least (0 to 10). With 0 a rule of the catalog may approve without anybody.',
    standard: '0',
  },
  minIssueAssurance: {
    name: 'GUARDRAIL_MIN_ISSUE_ASSURANCE',
    about: 'Least assurance any catalog may demand before credentials are issued.',
    standard: 'single-factor',
  },
  forbiddenRoles: {
    name: 'GUARDRAIL_FORBIDDEN_ROLES',
    about: 'Comma-separated role ARNs that no catalog may offer.',
    standard: '',
  },
  poolSize: {
    name: 'DATABASE_POOL_SIZE',
    about:
      'Most database connections a process holds for calls and jobs (4 to 200); a third of them is kept for ending, jobs and knowing who calls. The job queue adds up to five.',
    standard: '10',
  },
  logLevel: { name: 'LOG_LEVEL', about: 'fatal, error, warn, info, debug or trace.', standard: 'info' },
} as const satisfies Record<string, Setting>;

type SettingKey = keyof typeof settings;
type Raw = Record<SettingKey, string>;

/** An address that is called with signed messages. */
export interface WebhookSettings {
  readonly url: URL;
  /** `whsec_…`, one or two. */
  readonly secret: Secret<string>;
}

export interface Config {
  readonly databaseUrl: Secret<string>;
  readonly databaseDirectUrl: Secret<string> | null;
  readonly publicUrl: URL;
  readonly host: string;
  readonly port: number;
  readonly catalogPath: string;
  readonly catalogTrust: Trust;
  readonly oidc: {
    readonly issuer: URL;
    readonly clientId: string;
    readonly clientSecret: Secret<string>;
    readonly clientAuth: 'client_secret_basic' | 'client_secret_post';
    readonly scopes: string;
    readonly groupsClaim: string;
    /** Claim with the subject of a person's manager; null: none. */
    readonly managerClaim: string | null;
    /** Networks that may be called although they are not public. */
    readonly egressAllow: readonly string[];
  };
  /** JSON text; the identity part knows its form. */
  readonly assuranceMap: string;
  readonly totpEnabled: boolean;
  readonly masterKey: Secret<string>;
  /** Where the anchor is kept; null: nowhere. */
  readonly anchorFile: string | null;
  readonly operatorsGroup: string;
  readonly auditorsGroup: string;
  readonly tokenSeconds: number;
  readonly trustedProxies: readonly string[];
  readonly slackSigningSecret: Secret<string> | null;
  /** The Slack workspaces whose callbacks count; at least one where there is a signing secret. */
  readonly slackTeamIds: readonly string[];
  readonly ticketValidator: WebhookSettings | null;
  /** Where notices are sent; null: nowhere, and none are written. */
  readonly notifyWebhook: WebhookSettings | null;
  /** `whsec_` and base64, two with a comma between while it is being changed; null: on-call webhooks are not asked. */
  readonly onCallWebhookSecret: Secret<string> | null;
  readonly identityCenter: {
    readonly instanceArn: string;
    readonly identityStoreId: string;
    readonly externalIssuer: string;
  } | null;
  readonly awsRegion: string;
  readonly boundaryPolicy: string;
  readonly denyWriterRole: string;
  readonly inspectorRole: string;
  readonly signinEndpoint: URL;
  readonly guardrails: {
    readonly maxDurationSeconds: number;
    readonly maxBreakGlassSeconds: number;
    readonly minApprovals: number;
    readonly minAssuranceIssue: AssuranceLevel;
    readonly forbiddenRoles: readonly string[];
  };
  readonly poolSize: number;
  readonly logLevel: string;
}

/** Thrown with every fault at once, so that nobody mends one only to meet the next. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(
      `Daypass cannot start: ${problems.length} configuration ${problems.length === 1 ? 'error' : 'errors'}`,
    );
    this.problems = problems;
  }
}

export interface EnvironmentReader {
  readonly environment: Environment;
  /** Reads a file named by a `…_FILE` variable. */
  readFile(path: string): string;
}

/** Reads and checks the whole configuration. Throws ConfigError with every problem at once. */
export function readConfig(reader: EnvironmentReader): Config {
  const problems: string[] = [];
  const raw = readRaw(reader, problems);
  const check = checks(problems);
  const identityStore = [raw.identityCenterInstance, raw.identityStoreId];
  if (identityStore.some((v) => v !== '') && identityStore.includes('')) {
    problems.push('IDENTITY_CENTER_INSTANCE_ARN and IDENTITY_STORE_ID go together: set both or neither');
  }
  if (raw.masterKey !== '' && Buffer.from(raw.masterKey, 'base64').length !== 32) {
    problems.push('MASTER_KEY must be 32 random bytes in base64: make one with `openssl rand -base64 32`');
  }
  const config: Config = {
    databaseUrl: new Secret(check.postgres('DATABASE_URL', raw.databaseUrl)),
    databaseDirectUrl:
      raw.databaseDirectUrl === ''
        ? null
        : new Secret(check.postgres('DATABASE_DIRECT_URL', raw.databaseDirectUrl)),
    publicUrl: check.url('PUBLIC_URL', raw.publicUrl),
    host: raw.host,
    port: check.whole('PORT', raw.port, 0, 65_535),
    catalogPath: raw.catalog,
    catalogTrust: catalogTrust(check, raw, problems),
    oidc: {
      issuer: check.url('OIDC_ISSUER', raw.oidcIssuer),
      clientId: raw.oidcClientId,
      clientSecret: new Secret(raw.oidcClientSecret),
      clientAuth: check.oneOf('OIDC_CLIENT_AUTH', raw.oidcClientAuth, [
        'client_secret_basic',
        'client_secret_post',
      ]),
      scopes: raw.oidcScopes,
      groupsClaim: raw.oidcGroupsClaim,
      managerClaim: raw.oidcManagerClaim === '' ? null : raw.oidcManagerClaim,
      egressAllow: check.networks('EGRESS_ALLOW', raw.egressAllow),
    },
    assuranceMap: raw.assuranceMap,
    totpEnabled: check.oneOf('TOTP', raw.totp, ['on', 'off']) === 'on',
    masterKey: new Secret(raw.masterKey),
    anchorFile: check.file('ANCHOR_FILE', raw.anchorFile),
    operatorsGroup: raw.operatorsGroup,
    auditorsGroup: raw.auditorsGroup,
    tokenSeconds: check.whole('SIGN_IN_SECONDS', raw.tokenSeconds, 300, 86_400),
    trustedProxies: list(raw.trustedProxies),
    slackSigningSecret: raw.slackSigningSecret === '' ? null : new Secret(raw.slackSigningSecret),
    slackTeamIds: check.slackTeams(raw.slackTeamIds, raw.slackSigningSecret !== ''),
    ticketValidator: check.webhook('TICKET_VALIDATOR', raw.ticketValidatorUrl, raw.ticketValidatorSecret),
    notifyWebhook: check.webhook('NOTIFY_WEBHOOK', raw.notifyWebhookUrl, raw.notifyWebhookSecret),
    onCallWebhookSecret: check.webhookSecret('ON_CALL_WEBHOOK_SECRET', raw.onCallWebhookSecret),
    identityCenter:
      raw.identityCenterInstance === ''
        ? null
        : {
            instanceArn: raw.identityCenterInstance,
            identityStoreId: raw.identityStoreId,
            externalIssuer: raw.identityStoreIssuer === '' ? raw.oidcIssuer : raw.identityStoreIssuer,
          },
    awsRegion: raw.awsRegion,
    boundaryPolicy: check.iamName('BOUNDARY_POLICY', raw.boundaryPolicy),
    denyWriterRole: check.iamName('DENY_WRITER_ROLE', raw.denyWriterRole),
    inspectorRole: check.iamName('INSPECTOR_ROLE', raw.inspectorRole),
    signinEndpoint: check.signinEndpoint('AWS_SIGNIN_ENDPOINT', raw.signinEndpoint),
    guardrails: {
      maxDurationSeconds: check.whole('GUARDRAIL_MAX_DURATION_SECONDS', raw.maxDuration, 60, 43_200),
      maxBreakGlassSeconds: check.whole(
        'GUARDRAIL_BREAK_GLASS_MAX_DURATION_SECONDS',
        raw.maxBreakGlass,
        60,
        14_400,
      ),
      minApprovals: check.whole('GUARDRAIL_MIN_APPROVALS', raw.minApprovals, 0, 10),
      minAssuranceIssue: check.oneOf('GUARDRAIL_MIN_ISSUE_ASSURANCE', raw.minIssueAssurance, [
        'single-factor',
        'multi-factor',
        'phishing-resistant',
      ]),
      forbiddenRoles: list(raw.forbiddenRoles),
    },
    poolSize: check.whole('DATABASE_POOL_SIZE', raw.poolSize, 4, 200),
    logLevel: check.oneOf('LOG_LEVEL', raw.logLevel, ['fatal', 'error', 'warn', 'info', 'debug', 'trace']),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function catalogTrust(check: ReturnType<typeof checks>, raw: Raw, problems: string[]): Trust {
  const mode = check.oneOf('CATALOG_TRUST', raw.catalogTrust, trustModes);
  if (mode === 'signature' && raw.catalogSigningKeys === '')
    problems.push('CATALOG_TRUST is signature: set CATALOG_SIGNING_KEYS to the keys whose signature counts');
  return { mode, keys: check.signingKeys('CATALOG_SIGNING_KEYS', raw.catalogSigningKeys) };
}

/** The owner's database URL for `daypass migrate`. Throws ConfigError when it is missing. */
export function readAdminUrl(environment: Environment): string {
  const problems: string[] = [];
  const url = environment[settings.databaseAdminUrl.name] ?? '';
  if (url === '') problems.push(`DATABASE_ADMIN_URL is not set: ${settings.databaseAdminUrl.about}`);
  else checks(problems).postgres('DATABASE_ADMIN_URL', url);
  if (problems.length > 0) throw new ConfigError(problems);
  return url;
}

function readRaw(reader: EnvironmentReader, problems: string[]): Raw {
  const raw: Partial<Raw> = {};
  for (const [key, setting] of Object.entries(settings) as [SettingKey, Setting][]) {
    raw[key] = readSetting(reader, setting, problems);
  }
  return raw as Raw;
}

function readSetting(reader: EnvironmentReader, setting: Setting, problems: string[]): string {
  const value = reader.environment[setting.name];
  if (value !== undefined && value !== '') return value;
  const path = setting.secret === true ? reader.environment[`${setting.name}_FILE`] : undefined;
  if (path !== undefined && path !== '') {
    try {
      return reader.readFile(path).trim();
    } catch {
      problems.push(`${setting.name}_FILE names a file that cannot be read`);
      return '';
    }
  }
  if (setting.standard === undefined) problems.push(`${setting.name} is not set: ${setting.about}`);
  return setting.standard ?? '';
}

/** docs/configuration.md, from the settings above. */
export function configurationMarkdown(): string {
  const rows = (Object.values(settings) as Setting[]).map((s) => {
    const standard = s.standard === undefined ? 'required' : s.standard === '' ? 'none' : `\`${s.standard}\``;
    return `| \`${s.name}\`${s.secret === true ? ' 🔑' : ''} | ${standard} | ${s.about.replaceAll('|', '\\|')} |`;
  });
  return [
    '# Configuration',
    '',
    'Daypass reads its configuration from the environment, once, when it starts; every error is listed at once and the process',
    'exits with 78. A setting marked 🔑 is a secret: it can also be given as `<NAME>_FILE`, the path of a file that holds it.',
    'This page is generated from `src/config.ts` by `npm run generate`.',
    '',
    '| variable | default | what it is for |',
    '|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
