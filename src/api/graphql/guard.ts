import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql/index.js';
import { authorise, fieldRule } from '../authorisation.ts';
import { idIn } from '../denials.ts';
import { refuseUnstorable } from '../storable.ts';
import type { Turns } from '../turns.ts';
import type { GraphContext } from './context.ts';

/**
 * Puts the authorisation table in front of every field of the schema. Throws, at start, when a field has no rule. Denials
 * are recorded as those of REST are. Fields of `Query` run side by side, so they wait for their turn; those of `Mutation` run
 * one after the other, and ending must not wait behind what is only read.
 */
export function guardFields(schema: GraphQLSchema, turns: Turns): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const rule = fieldRule(type.name, name);
      const resolve = field.resolve as GraphQLFieldResolver<unknown, GraphContext> | undefined;
      // Fields without a resolver of their own hand out what is there: the rule alone decides, nothing can be denied inside.
      field.resolve =
        resolve === undefined
          ? (source, args, context: GraphContext, info) => {
              authorise(rule, context.caller);
              return defaultFieldResolver(source, args, context, info);
            }
          : (source, args: Record<string, unknown>, context: GraphContext, info) => {
              const run = async (): Promise<unknown> => {
                try {
                  authorise(rule, context.caller);
                  // Escapes inside a document are only resolved here.
                  refuseUnstorable(args);
                  return await resolve(source, args, context, info);
                } catch (error) {
                  const { denials } = context.request.server;
                  await denials.record(
                    context.caller,
                    `graphql ${type.name}.${name}`,
                    idIn(args['id']),
                    error,
                  );
                  throw error;
                }
              };
              const running = type.name === 'Query' ? turns.run(context.caller.personId, run) : run();
              context.underWay.push(running.catch(() => undefined));
              return running;
            };
    }
  }
  return schema;
}
