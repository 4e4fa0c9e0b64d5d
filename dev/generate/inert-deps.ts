import pino from 'pino';
import { Secret } from '../../src/keys/secret.ts';
import type { ApiDeps } from '../../src/api/deps.ts';

/** Stands in for every part that only a running handler would touch; touching it is an error. */
function inert(name: string, known: object = {}): never {
  return new Proxy(known, {
    get(target, property) {
      if (Object.hasOwn(target, property)) return Reflect.get(target, property);
      throw new Error(`${name}.${String(property)} was used while only the routes were wanted`);
    },
  }) as never;
}

/** Enough to register every route, and nothing that could answer a call. */
export function inertApiDeps(): ApiDeps {
  return {
    identity: inert('identity', { assuranceMap: { acr: new Map(), amr: new Map() } }),
    approvals: inert('approvals'),
    breakGlass: inert('breakGlass'),
    broker: inert('broker'),
    console: inert('console'),
    ending: inert('ending'),
    preflight: inert('preflight'),
    catalogs: inert('catalogs'),
    eligibility: inert('eligibility'),
    audit: inert('audit'),
    slackSigningSecret: new Secret(''),
    slackTeamIds: [],
    transact: () => Promise.reject(new Error('nothing is written here')),
    config: {
      publicUrl: new URL('https://daypass.example'),
      trustedProxies: [],
      totpEnabled: true,
      acrValuesFor: () => [],
    },
    countStranger: () => undefined,
    log: pino({ level: 'silent' }),
    readiness: () => Promise.resolve({ ready: false, missing: [] }),
    masterKey: inert('masterKey'),
    clock: () => {
      throw new Error('no time passes here');
    },
  };
}
