import { parseArgs } from 'node:util';
import { cloudFormationTemplate, roleArnPattern } from './catalog/cloudformation.ts';
import { defaultGuardrails } from './catalog/guardrails.ts';
import { formatProblems, loadCatalogFile } from './catalog/load.ts';

export interface Rendered {
  readonly kind: 'rendered' | 'usage' | 'refused';
  /** The template, or what to do instead, with a final newline. */
  readonly text: string;
}

const usage =
  'usage: daypass catalog render --cfn --broker-role <arn> [--account <id>] [file]\n' +
  'Without a file, the one that CATALOG names.\n';

/**
 * `daypass catalog render`: what AWS needs so that the roles of a catalog can be lent.
 * @param args what follows `catalog render`
 * @param standardPath the catalog when no file is named, as CATALOG has it
 */
export async function renderCatalog(
  args: readonly string[],
  standardPath: string | undefined,
): Promise<Rendered> {
  const read = readArgs(args);
  const path = read?.file ?? (standardPath === '' ? undefined : standardPath);
  if (read === null || path === undefined) return { kind: 'usage', text: usage };
  if (!roleArnPattern.test(read.brokerRoleArn)) {
    return {
      kind: 'usage',
      text: '--broker-role is the ARN of the role that Daypass runs as, such as arn:aws:iam::999988887777:role/daypass-broker\n',
    };
  }
  const loaded = await loadCatalogFile(path, defaultGuardrails);
  if (!loaded.ok) return { kind: 'refused', text: `${formatProblems(path, loaded.problems)}\n` };
  const template = cloudFormationTemplate(loaded.catalog, read);
  if (!template.ok) {
    return { kind: 'refused', text: template.problems.map((problem) => `${path}: ${problem}\n`).join('') };
  }
  return { kind: 'rendered', text: template.text };
}

function readArgs(
  args: readonly string[],
): { brokerRoleArn: string; accountId: string | null; file: string | undefined } | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { cfn: { type: 'boolean' }, 'broker-role': { type: 'string' }, account: { type: 'string' } },
    });
    const brokerRoleArn = values['broker-role'];
    if (values.cfn !== true || brokerRoleArn === undefined || positionals.length > 1) return null;
    return { brokerRoleArn, accountId: values.account ?? null, file: positionals[0] };
  } catch {
    return null;
  }
}
