import type { Command } from 'commander';
import type { Registry } from '../registry.ts';
import { addCatalogCommands, addRuleCommands } from './catalog.ts';

/** Commands of the service itself, for operators. They read the service's environment and need no sign-in, but for what asks the server about catalogs. */
export function addServiceCommands(program: Command, registry: Registry): void {
  registry
    .add(program, 'serve', 'run the service; its log is JSON already')
    .action((_options: object, command: Command) => runService(registry, command, ['serve'], false));
  registry
    .add(program, 'migrate', 'bring the database up to date')
    .action((_options: object, command: Command) => runService(registry, command, ['migrate'], true));
  const catalog = program.command('catalog').description('the file of entitlements and rules');
  registry
    .add(catalog, 'check <file>', 'say what is wrong with a catalog')
    .action((file: string, _options: object, command: Command) =>
      runService(registry, command, ['catalog', 'check', file], true),
    );
  registry
    .add(
      catalog,
      'render [file]',
      'print what AWS needs to lend the roles of a catalog (CATALOG without a file)',
    )
    .requiredOption('--cfn', 'as a CloudFormation template, for a stack or StackSet of all accounts')
    .requiredOption('--broker-role <arn>', 'the role that Daypass runs as')
    .option('--account <id>', 'the roles of this account alone')
    .action((file: string | undefined, options: { brokerRole: string; account?: string }, command: Command) =>
      runService(registry, command, ['catalog', 'render', ...renderArgs(file, options)], true),
    );
  addRuleCommands(catalog, registry);
  addCatalogCommands(catalog, registry);
}

function renderArgs(file: string | undefined, options: { brokerRole: string; account?: string }): string[] {
  return [
    '--cfn',
    `--broker-role=${options.brokerRole}`,
    ...(options.account === undefined ? [] : [`--account=${options.account}`]),
    ...(file === undefined ? [] : ['--', file]),
  ];
}

function runService(
  registry: Registry,
  command: Command,
  args: readonly string[],
  wrapJson: boolean,
): Promise<void> {
  return registry.run(command, async (context) => {
    const commands = await import('../commands/service.ts');
    return context.json && wrapJson ? commands.runServiceAsJson(context, args) : commands.runService(args);
  });
}
