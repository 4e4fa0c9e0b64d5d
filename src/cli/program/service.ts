import type { Command } from 'commander';
import type { Registry } from '../registry.ts';

/** Commands of the service itself, for operators. They read the service's environment and need no sign-in. */
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
