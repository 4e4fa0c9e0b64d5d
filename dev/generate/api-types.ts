import { compile } from 'json-schema-to-typescript';
import { parse } from 'yaml';

type Schema = Parameters<typeof compile>[0];

/** Types of every named schema of the contract, for its clients. */
export async function apiTypes(contract: string): Promise<string> {
  const document = parse(contract) as { components: { schemas: Record<string, Schema> } };
  const definitions = JSON.parse(
    JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/definitions/'),
  ) as Record<string, Schema>;
  const text = await compile({ type: 'object', additionalProperties: false, definitions }, 'Contract', {
    additionalProperties: false,
    unreachableDefinitions: true,
    bannerComment: '// Written from openapi.yaml by `npm run generate`. Do not edit.',
    style: { singleQuote: true, printWidth: 110 },
  });
  // The object that only carried the definitions is no type of the contract.
  return text
    .replace(/export interface Contract \{\}\n+/, '')
    .replace(/^ \*\n \* This interface was referenced by .*\n \* via the .*\n/gm, '')
    .replace(/^\/\*\*\n \* This interface was referenced by .*\n \* via the .*\n \*\/\n/gm, '');
}
