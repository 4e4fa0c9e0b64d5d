import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql/index.js';
import { authorise, fieldRule } from '../authorisation.ts';
import { refuseNul } from '../nul.ts';
import { recordDenial } from '../denials.ts';
import type { ApiDeps } from '../deps.ts';
import type { GraphContext } from './context.ts';

/**
 * Puts the authorisation table in front of every field of the schema. Throws, at start, when a field has no rule. Denials
 * are recorded as those of REST are.
 */
export function guardFields(schema: GraphQLSchema, deps: Pick<ApiDeps, 'transact'>): GraphQLSchema {
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
          : async (source, args: Record<string, unknown>, context: GraphContext, info) => {
              try {
                authorise(rule, context.caller);
                // Escapes inside a document are only resolved here.
                refuseNul(args);
                return await resolve(source, args, context, info);
              } catch (error) {
                const operation = `graphql ${type.name}.${name}`;
                await recordDenial(deps, context.caller, operation, idIn(args), error);
                throw error;
              }
            };
    }
  }
  return schema;
}

function idIn(args: Readonly<Record<string, unknown>>): string | null {
  const { id } = args;
  return typeof id === 'string' && /^[a-z0-9_/-]{1,200}$/.test(id) ? id : null;
}
