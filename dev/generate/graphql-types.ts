import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as typescriptResolvers from '@graphql-codegen/typescript-resolvers';
import { parse, printSchema } from 'graphql';
import { readSchema } from '../../src/api/graphql/schema.ts';

const config = {
  enumsAsTypes: true,
  useTypeImports: true,
  immutableTypes: true,
  importExtension: '.ts',
  contextType: './context.ts#GraphContext',
  maybeValue: 'T | null',
  scalars: { DateTime: 'string', JSON: 'unknown', ID: 'string' },
  // What resolvers really hand out: the views of the use cases.
  mappers: {
    Me: '../../identity/me.ts#MeView',
    Entitlement: '../../approvals/offer.ts#Offer',
    FindAnswer: '../../approvals/find-offers.ts#FoundOffers',
    FoundEntitlement: '../../approvals/find-offers.ts#FoundOffer',
    Request: './context.ts#GraphRequest',
    Delegation: '../../approvals/delegation-view.ts#DelegationView',
    Grant: '../../broker/view.ts#GrantView',
    AuditEvent: '../../audit/list.ts#AuditEventView',
  },
};

/** Types of the resolvers, from schema.graphql. */
export async function graphqlTypes(): Promise<string> {
  const text = await codegen({
    filename: 'types.generated.ts',
    schema: parse(printSchema(readSchema())),
    documents: [],
    config,
    plugins: [{ typescript: {} }, { typescriptResolvers: {} }],
    pluginMap: { typescript, typescriptResolvers },
  });
  return `// Written from schema.graphql by \`npm run generate\`. Do not edit.\n${text.trimEnd()}\n`;
}
