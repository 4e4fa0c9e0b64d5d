import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { parse } from 'graphql/index.js';
import mercurius, { type IResolvers } from 'mercurius';
import { Type as T } from 'typebox';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import { createAtOnce, type Turns } from '../turns.ts';
import { limitCost } from './cost-limit.ts';
import { answerErrors, documentErrors } from './errors.ts';
import { guardFields } from './guard.ts';
import { loaders } from './loaders.ts';
import { resolvers, spellings } from './resolvers.ts';
import { countRootFields, limitRootFields } from './root-fields.ts';
import { readSchema } from './schema.ts';

// The introspection query of graphql itself has this depth; everything of ours is less deep, and cost limits nesting.
const deepest = 16;
const mostTokens = 3_000;
// Of one person, however often they signed in.
const mostAtOnce = 4;

const Body = T.Object(
  {
    query: T.String({ minLength: 1, maxLength: 30_000 }),
    operationName: T.Optional(T.Unsafe<string | null>({ type: ['string', 'null'], maxLength: 200 })),
    variables: T.Optional(T.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'] })),
    extensions: T.Optional(T.Unsafe<Record<string, unknown> | null>({ type: ['object', 'null'] })),
  },
  { additionalProperties: false },
);

// For the contract: answers are written by graphql itself, not by this.
const Answer = T.Object({
  data: T.Optional(T.Unsafe<unknown>({ type: ['object', 'null'], description: 'What was asked for.' })),
  errors: T.Optional(
    T.Array(
      T.Object({
        message: T.String(),
        path: T.Optional(T.Array(T.Unsafe<string | number>({ type: ['string', 'integer'] }))),
        extensions: T.Object({
          code: T.String({ description: 'As the `code` of a problem.' }),
          requestId: T.String(),
        }),
      }),
    ),
  ),
});

/** GraphQL: one query a call, by POST and as JSON only. */
export async function graphqlRoutes(app: FastifyInstance, deps: ApiDeps, turns: Turns): Promise<void> {
  const atOnce = createAtOnce(mostAtOnce);
  await app.register(mercurius, {
    schema: readSchema(),
    resolvers: { ...resolvers(deps), ...spellings } as IResolvers,
    loaders: loaders(deps, turns),
    schemaTransforms: [(schema) => guardFields(schema, turns)],
    routes: false,
    graphiql: false,
    allowBatchedQueries: false,
    queryDepth: deepest,
    validationRules: [limitRootFields, limitCost],
    graphql: { parseOptions: { maxTokens: mostTokens } },
    errorFormatter: (execution, context) => {
      if (context.reply === undefined) throw new Error('GraphQL ran outside a call');
      return answerErrors(execution, context.reply.request);
    },
  });
  // Each root field is a call of its own, whatever the document is called.
  app.graphql.addHook('preExecution', (_schema, document, context) =>
    context.request.server.chargeMore(context.request, countRootFields(document) - 1),
  );
  app.withTypeProvider<TypeBoxTypeProvider>().post(
    '/graphql',
    {
      config: { operation: 'graphql' },
      schema: {
        tags: ['graphql'],
        summary: 'The same as REST, except credentials, in the words of schema.graphql',
        description: 'Errors of fields stand in `errors`, each with `extensions.code`, under status 200.',
        body: Body,
        response: { 200: Answer, 400: Answer },
      },
    },
    async (request, reply) => {
      const { query, variables, operationName } = request.body;
      const context = { caller: callerOf(request), request, underWay: [] as Promise<unknown>[] };
      try {
        // Mercurius would take JSON for a parsed document where the text is no GraphQL, past the limit on tokens.
        parse(query, { maxTokens: mostTokens });
        return await send(
          reply,
          await atOnce(context.caller.personId, async () => {
            try {
              return await reply.graphql(query, context, variables ?? {}, operationName ?? undefined);
            } finally {
              // One field that must not be null and fails answers for all, while the others still run.
              await Promise.all(context.underWay);
            }
          }),
        );
      } catch (error) {
        const errors = documentErrors(error);
        if (errors === null) throw error;
        const { response } = answerErrors({ errors }, request);
        return send(reply.code(400), response);
      }
    },
  );
}

function send(reply: FastifyReply, answer: unknown): FastifyReply {
  return reply.header('cache-control', 'no-store').type('application/json').send(JSON.stringify(answer));
}
