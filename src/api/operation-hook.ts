import type { FastifyInstance } from 'fastify';
import { type OperationId, operationRule, type Rule } from './authorisation.ts';
import { describeOperation } from './openapi-operation.ts';

/** A route as it is served. */
export interface ServedRoute {
  readonly methods: readonly string[];
  readonly url: string;
  readonly operation: OperationId;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Every route of this server; complete once it is ready. */
    servedRoutes: ServedRoute[];
  }
  interface FastifyContextConfig {
    /** Which line of the authorisation table decides about this route. */
    operation?: OperationId;
  }
}

/** Refuses, at start, every route that the authorisation table does not know. */
export function requireOperations(app: FastifyInstance): void {
  const served: ServedRoute[] = [];
  app.decorate('servedRoutes', served);
  app.addHook('onRoute', (route) => {
    const methods = Array.isArray(route.method) ? route.method : [route.method];
    const operation = route.config?.operation;
    const rule = operationRule(operation, `${methods.join(',')} ${route.url}`);
    if (operation !== undefined) served.push({ methods, url: route.url, operation });
    describeOperation(route, rule);
  });
}

/** The rule for the route that a request matched, or null when it matched none. */
export function ruleOf(config: { readonly operation?: OperationId } | undefined): Rule | null {
  return config?.operation === undefined ? null : operationRule(config.operation, config.operation);
}
