import fastifyFormbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { authorizeRoute } from './authorize.ts';
import { browserRoutes } from './browser.ts';
import { callbackRoute } from './callback.ts';
import { confirmRoute } from './confirm.ts';
import type { SignInRoutesDeps } from './deps.ts';
import { metadataRoute } from './metadata.ts';
import { tokenRoutes } from './token.ts';

const formType = 'application/x-www-form-urlencoded';

/** Everything between a person and a token: sign-in of pages and command-line clients, through the identity provider. */
export async function signInRoutes(app: FastifyInstance, deps: SignInRoutesDeps): Promise<void> {
  if (!app.hasContentTypeParser(formType)) await app.register(fastifyFormbody);
  browserRoutes(app, deps);
  callbackRoute(app, deps);
  authorizeRoute(app, deps);
  confirmRoute(app, deps);
  tokenRoutes(app, deps);
  metadataRoute(app, deps);
}
