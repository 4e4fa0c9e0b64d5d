import fastifySwagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { stringify } from 'yaml';
import { components } from './rest/schemas/components.ts';

const about = `Daypass lends people elevated AWS access for as long as a job takes.

Errors are problem details (RFC 9457) with a stable \`code\`. Lists are pages, \`{items, next}\`: pass \`next\` as \`cursor\`.
Times are RFC 3339 in UTC, lengths are whole seconds. Unknown fields are errors.`;

/** Collects the contract from the routes as they are registered. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  await app.register(fastifySwagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Daypass',
        version: '1',
        description: about,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } as { name: string },
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: 'A token from signing in: `daypass login`, or the code flow with PKCE under /oauth.',
          },
        },
      },
    },
    convertConstToEnum: false,
    refResolver: {
      buildLocalReference: (json, _baseUri, _fragment, i) =>
        typeof json.$id === 'string' ? json.$id : `Schema${i}`,
    },
    // Pages, assets and routes of sign-in that follow their own standards are not part of the contract.
    transform: ({ schema, url }) => ({ schema: schema ?? { hide: true }, url }),
  });
  for (const schema of components) app.addSchema(schema);
}

/** The contract as YAML, from the routes of a ready server. */
export function openapiYaml(app: FastifyInstance): string {
  const document = JSON.parse(JSON.stringify(app.swagger())) as Contract;
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    for (const response of Object.values(operation.responses)) {
      if (response.description === 'Default Response') response.description = 'Done.';
    }
    const body = operation.requestBody;
    if (body !== undefined) body.required = needsBody(document, body);
  }
  return `# Written from the routes by \`npm run generate\`. Do not edit.\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

interface Schema {
  readonly $ref?: string;
  readonly required?: readonly string[];
}
interface Body {
  required?: boolean;
  readonly content: Record<string, { readonly schema: Schema }>;
}
interface Operation {
  readonly responses: Record<string, { description: string }>;
  readonly requestBody?: Body;
}
interface Contract {
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

// A body without any field that must be there may be left out altogether.
function needsBody(document: Contract, body: Body): boolean {
  return Object.values(body.content).some(({ schema }) => {
    const named = schema.$ref?.replace('#/components/schemas/', '');
    const { required } = named === undefined ? schema : (document.components.schemas[named] ?? schema);
    return required !== undefined && required.length > 0;
  });
}
