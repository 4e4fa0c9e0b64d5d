import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allowedActions, type OwnRole, ownRoles } from './role-rights.ts';

const root = new URL('../../', import.meta.url).pathname;

// Who makes the calls of each file that calls AWS. What is called, and so what the role must be allowed, is read from the
// file; a file that is not listed here is a failure.
const callers: Readonly<Record<string, OwnRole>> = {
  'src/aws/assume-role.ts': 'daypass-broker',
  'src/aws/role-clients.ts': 'daypass-broker',
  'src/aws/clients.ts': 'daypass-broker',
  'src/aws/identity-center.ts': 'daypass-broker',
  'src/aws/inspect-permission-set.ts': 'daypass-broker',
  'src/aws/boundary-policy.ts': 'daypass-deny-writer',
  'src/aws/inspect-account.ts': 'daypass-inspector',
};

// Prefixes of actions (Service Authorization Reference).
const prefixes: Readonly<Record<string, string>> = {
  iam: 'iam',
  identitystore: 'identitystore',
  'sso-admin': 'sso',
  sts: 'sts',
};

/** Actions that a file's calls need, as the names that it imports from the SDK and what it passes say. */
function actionsOf(text: string): string[] {
  const actions: string[] = [];
  for (const [, names = '', service = ''] of text.matchAll(
    /(?:import|const) (?!type )\{([^}]+)\} (?:from |= await import\()'@aws-sdk\/client-([\w-]+)'/g,
  )) {
    for (const name of names.split(',').map((one) => one.trim())) {
      if (name === '' || name.startsWith('type ') || /^\w+Client(: \w+)?$/.test(name)) continue;
      const operation = /^(?:(\w+)Command|paginate(\w+))$/.exec(name);
      const prefix = prefixes[service];
      // Anything else, such as a client with a method for each operation, could call what nobody sees here.
      if (operation === null || prefix === undefined)
        throw new Error(`${name} of client-${service} is not known here`);
      actions.push(`${prefix}:${operation[1] ?? operation[2] ?? ''}`);
    }
  }
  if (actions.includes('sts:AssumeRole')) {
    // "Pass session tags" and "Monitor and control actions taken with assumed roles": each needs an action of its own.
    if (/\bTags:/.test(text)) actions.push('sts:TagSession');
    if (/\bSourceIdentity:/.test(text)) actions.push('sts:SetSourceIdentity');
  }
  // AWS STS API reference, GetCallerIdentity: "No permissions are required".
  return actions.filter((action) => action !== 'sts:GetCallerIdentity');
}

async function filesThatCall(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of await readdir(join(root, 'src'), { recursive: true })) {
    if (!entry.endsWith('.ts')) continue;
    const text = await readFile(join(root, 'src', entry), 'utf8');
    if (/(?:^import (?!type )|await import\()[^;]*'@aws-sdk\//m.test(text)) found.set(`src/${entry}`, text);
  }
  return found;
}

async function calledBy(role: OwnRole): Promise<string[]> {
  const files = [...(await filesThatCall())].filter(([file]) => callers[file] === role);
  return [...new Set(files.flatMap(([, text]) => actionsOf(text)))].toSorted();
}

test('it is known under which role every file of src/ calls AWS', async () => {
  expect([...(await filesThatCall()).keys()].toSorted()).toEqual(Object.keys(callers).toSorted());
});

test.for(ownRoles)('%s is allowed every action that the code calls under it, and no other', async (role) => {
  expect(await calledBy(role)).toEqual(allowedActions(role));
});

test('a call in any form is seen, and one that cannot be told is refused', () => {
  expect(actionsOf("import { ListRolesCommand, type IAMClient } from '@aws-sdk/client-iam';")).toEqual([
    'iam:ListRoles',
  ]);
  expect(actionsOf("import {\n  paginateListUsers,\n} from '@aws-sdk/client-iam';")).toEqual([
    'iam:ListUsers',
  ]);
  expect(actionsOf("const { GetUserCommand } = await import('@aws-sdk/client-iam');")).toEqual([
    'iam:GetUser',
  ]);
  expect(actionsOf("import type { GetUserCommand } from '@aws-sdk/client-iam';")).toEqual([]);
  expect(() => actionsOf("import { IAM } from '@aws-sdk/client-iam';")).toThrow('not known');
  expect(() => actionsOf("import { PutObjectCommand } from '@aws-sdk/client-s3';")).toThrow('not known');
});
