import type { Command } from 'commander';
import type { ApproveCatalogOptions, RejectCatalogOptions } from '../commands/catalog.ts';
import type { ExplainOptions } from '../commands/catalog-explain.ts';
import { durationOption, timeOption } from '../option-values.ts';
import type { Registry } from '../registry.ts';

/** Commands about rules: whether cases come out as expected, what changes, and why somebody gets something or not. */
export function addRuleCommands(catalog: Command, registry: Registry): void {
  registry
    .add(catalog, 'test <cases>', 'decide the cases of a file, and say where it comes to something else')
    .option('--catalog <file>', 'decide by this catalog, not by the one that the cases name')
    .action((cases: string, options: { catalog?: string }, command: Command) =>
      registry.run(command, async ({ json }) => {
        const { runService } = await import('../commands/service.ts');
        const by = options.catalog === undefined ? [] : [`--catalog=${options.catalog}`];
        return runService(['catalog', 'test', ...by, ...(json ? ['--json'] : []), '--', cases]);
      }),
    );
  registry
    .add(
      catalog,
      'diff <old> [new]',
      'what a catalog changes about another; one alone: a file or a version, about the one in force',
    )
    .action((old: string, now: string | undefined, _options: object, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/catalog-diff.ts')).catalogDiff(context, old, now),
      ),
    );
  registry
    .add(catalog, 'explain', 'why somebody would get an entitlement or not: the whole chain of reasons')
    .requiredOption('--entitlement <entitlement>', 'which')
    .option('--as <person>', 'whose: an id, a subject or a name; otherwise my own')
    .option('--for <length>', 'for how long', durationOption)
    .option('--ticket <ticket>', 'with this ticket')
    .option('--because <reason>', 'for this reason')
    .option('--at <time>', 'as if it were asked then', timeOption)
    .option('--assurance <level>', 'proven like that')
    .option('--from <address>', 'from this address')
    .action((options: ExplainOptions, command: Command) =>
      registry.run(command, async (context) =>
        (await import('../commands/catalog-explain.ts')).catalogExplain(context, options),
      ),
    );
}

/** Commands for operators: which catalog is in force, and putting another one there. */
export function addCatalogCommands(catalog: Command, registry: Registry): void {
  const load = () => import('../commands/catalog.ts');
  registry
    .add(catalog, 'status', 'which catalog is in force, what is proposed, what is wrong with the file')
    .action((_options: object, command: Command) =>
      registry.run(command, async (context) => (await load()).catalogStatus(context)),
    );
  registry
    .add(catalog, 'show <version>', 'print the text of a catalog; the start of its version is enough')
    .action((version: string, _options: object, command: Command) =>
      registry.run(command, async (context) => (await load()).showCatalog(context, version)),
    );
  registry
    .add(
      catalog,
      'approve <version>',
      'approve a proposed catalog; the second operator puts it in force. The start of its version is enough',
    )
    .option('--checked', 'do not ask; needed where nobody can be asked')
    .action((version: string, options: ApproveCatalogOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).approveCatalog(context, version, options)),
    );
  registry
    .add(catalog, 'reject <version>', 'reject a proposed catalog; the start of its version is enough')
    .option('--because <text>', 'why; recorded')
    .action((version: string, options: RejectCatalogOptions, command: Command) =>
      registry.run(command, async (context) => (await load()).rejectCatalog(context, version, options)),
    );
}
