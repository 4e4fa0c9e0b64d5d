import { access } from 'node:fs/promises';
import { type Context, show } from '../context.ts';
import { catalogChangesText } from '../display/catalog-changes.ts';
import { CliError, exitCodes } from '../exit.ts';
import { connect } from '../server/connect.ts';
import { namedVersion, readChanges, readState, readText, versionsOf } from './catalog.ts';
import { runService, runServiceOn } from './service.ts';

/**
 * What a catalog changes about another: two files are compared here. One alone is compared with the catalog in force: a file here,
 * a version by the server, which knows how many people gain and lose. Returns the exit code.
 */
export async function catalogDiff(context: Context, old: string, now: string | undefined): Promise<number> {
  const json = context.json ? ['--json'] : [];
  if (now !== undefined) return runService(['catalog', 'diff', ...json, '--', old, now]);
  const client = await connect(context);
  const state = await readState(client);
  if (!(await exists(old))) {
    const changes = await readChanges(client, namedVersion(old, versionsOf(state)));
    show(context, changes, () => catalogChangesText(changes));
    return exitCodes.done;
  }
  if (state.inForce === null)
    throw new CliError(exitCodes.failed, 'no catalog is in force to compare it with');
  const { source } = await readText(client, state.inForce.version);
  return runServiceOn(source, ['catalog', 'diff', ...json, '--', '-', old]);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
