import { inertApiDeps } from './inert-deps.ts';

/** openapi.yaml, from the routes of a server that answers nothing. */
export async function contract(): Promise<string> {
  // Imported late: the server needs generated types, which are written before.
  const { buildServer } = await import('../../src/api/server.ts');
  const { openapiYaml } = await import('../../src/api/openapi.ts');
  const app = await buildServer(inertApiDeps());
  try {
    return openapiYaml(app);
  } finally {
    await app.close();
  }
}
