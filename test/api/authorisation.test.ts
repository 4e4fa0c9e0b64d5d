import { buildSchema, isIntrospectionType, isObjectType } from 'graphql/index.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fieldRule, graphqlFields, operations } from '../../src/api/authorisation.ts';
import { guardFields } from '../../src/api/graphql/guard.ts';
import { readSchema } from '../../src/api/graphql/schema.ts';
import { bearer, type Persona, startWorld, type World } from './world.ts';

let world: World;
let engineer: Persona;
beforeAll(async () => {
  world = await startWorld();
  engineer = await world.person('Ada', ['engineers']);
});
afterAll(() => world.stop());

const ids: Readonly<Record<string, string>> = { requests: 'req', grants: 'grt', people: 'prs' };
function address(url: string): string {
  const kind = url.split('/').find((part) => part in ids) ?? '';
  return url.replace(':id', url.includes('entitlements') ? 'prod%2Fadmin' : `${ids[kind]}_${'0'.repeat(26)}`);
}

describe('the authorisation table', () => {
  test('has a line for every route, and a route for every line', () => {
    const served = new Set(world.app.servedRoutes.map((route) => route.operation));
    expect([...served].toSorted()).toEqual(Object.keys(operations).toSorted());
  });

  test.each([{}, { operation: 'rogue' }, { operation: 'toString' }, { operation: '__proto__' }])(
    'refuses to register a route with config %j',
    async (config) => {
      const app = await world.edge();
      expect(() => app.get('/v1/rogue', { config: config as object }, () => 'open')).toThrow(
        'GET /v1/rogue has no rule',
      );
    },
  );

  test('lets no stranger through to anything but what it opens to anyone', async () => {
    const closed = world.app.servedRoutes.filter((route) => operations[route.operation].who !== 'anyone');
    expect(closed.length).toBeGreaterThan(25);
    for (const route of closed) {
      for (const method of route.methods) {
        const answer = await world.app.inject({ method: method as 'GET', url: address(route.url) });
        const page = operations[route.operation].credential === 'cookie';
        const redirected = page && (method === 'GET' || method === 'HEAD');
        expect(answer.statusCode, `${method} ${route.url}`).toBe(redirected ? 303 : 401);
      }
    }
  });

  test('keeps auditors’ and operators’ operations from everybody else', async () => {
    const special = world.app.servedRoutes.filter((route) =>
      ['auditor', 'operator'].includes(operations[route.operation].who),
    );
    expect(special.map((route) => route.operation)).toContain('listAuditEvents');
    for (const route of special) {
      for (const method of route.methods) {
        const url = address(route.url);
        const answer = await world.app.inject({ method: method as 'GET', url, headers: bearer(engineer) });
        expect(answer.statusCode, `${method} ${url}`).toBe(403);
      }
    }
  });
});

describe('the GraphQL part of it', () => {
  test('has a rule for every field and mutation, and a field for every rule', () => {
    const used = new Set<string>();
    for (const type of Object.values(readSchema().getTypeMap())) {
      if (!isObjectType(type) || isIntrospectionType(type)) continue;
      for (const field of Object.keys(type.getFields())) {
        expect(() => fieldRule(type.name, field)).not.toThrow();
        used.add(`${type.name}.${field}` in graphqlFields ? `${type.name}.${field}` : `${type.name}.*`);
      }
    }
    expect([...used].toSorted()).toEqual(Object.keys(graphqlFields).toSorted());
  });

  test.each([
    ['type Query { rogue: Int }', 'Query.rogue'],
    ['type Query { me: Int } type Mutation { rogue: Int }', 'Mutation.rogue'],
    ['type Query { me: Rogue } type Rogue { field: Int }', 'Rogue.field'],
  ])('refuses to serve %s', (sdl, field) => {
    expect(() => guardFields(buildSchema(sdl), world.app.turns)).toThrow(`${field} has no rule`);
  });
});
