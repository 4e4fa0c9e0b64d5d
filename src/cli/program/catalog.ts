import type { Command } from 'commander';
import type { ApproveCatalogOptions, RejectCatalogOptions } from '../commands/catalog.ts';
import type { Registry } from '../registry.ts';

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
