import { readFileSync } from 'node:fs';
import type { PolicyDocument } from './aws/iam/policy.ts';

const folder = new URL('../deploy/policies/', import.meta.url);

/**
 * A policy of deploy/policies with its `${names}` filled in, as the Terraform modules do it.
 * @param name file name without `.json`
 * @throws Error for a name in the text that has no value: a policy with a hole in it is no policy
 */
export function deployPolicy(name: string, values: Readonly<Record<string, string>> = {}): PolicyDocument {
  const text = readFileSync(new URL(`${name}.json`, folder), 'utf8');
  const filled = text.replaceAll(/\$\{(\w+)\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`${name}.json needs a value for ${key}`);
    return JSON.stringify(value).slice(1, -1);
  });
  return JSON.parse(filled) as PolicyDocument;
}
