import type { CatalogChanges, CatalogProposal, Catalogs, CatalogText } from '../api.ts';
import { type Context, show } from '../context.ts';
import { catalogChangesText } from '../display/catalog-changes.ts';
import { catalogFacts, catalogProblems, proposalFacts } from '../display/catalogs.ts';
import { printable } from '../display/printable.ts';
import { facts } from '../display/table.ts';
import { changedLines } from '../display/text-change.ts';
import { CliError, exitCodes } from '../exit.ts';
import type { Client } from '../server/client.ts';
import { connect } from '../server/connect.ts';

export interface ApproveCatalogOptions {
  readonly checked?: true;
}
export interface RejectCatalogOptions {
  readonly because?: string;
}

/** Which catalog is in force and since when, what is proposed and who approved it, and what is wrong with the file. */
export async function catalogStatus(context: Context): Promise<void> {
  const client = await connect(context);
  const state = await readState(client);
  show(context, state, () => {
    const columns = context.terminal.outColumns;
    const proposed = state.proposals.filter((one) => one.state === 'proposed' || one.state === 'rejected');
    return [
      facts(catalogFacts(state), columns),
      ...proposed.map((proposal) => `\n${facts(proposalFacts(proposal), columns)}`),
      catalogProblems(state),
    ].join('');
  });
}

/** Prints the text of a catalog: in force, proposed, or of another time. */
export async function showCatalog(context: Context, version: string): Promise<void> {
  const client = await connect(context);
  const state = await readState(client);
  const text = await readText(client, namedVersion(version, versionsOf(state)));
  show(context, text, () => `${text.source.trimEnd().split('\n').map(printable).join('\n')}\n`);
}

/**
 * Approves a proposed catalog by its digest. A person at the terminal is shown what changes and asked; where nobody can be asked,
 * --checked must say it. Throws CliError 2 without.
 */
export async function approveCatalog(
  context: Context,
  version: string,
  options: ApproveCatalogOptions,
): Promise<void> {
  const { person } = context.terminal;
  if (!person && options.checked !== true)
    throw new CliError(
      exitCodes.usage,
      'nobody is there to be asked: read daypass catalog status and show, and add --checked',
    );
  const client = await connect(context);
  const state = await readState(client);
  const proposal = openProposal(version, state);
  if (person && options.checked !== true) {
    context.terminal.err(await whatChanges(client, state, proposal, context.terminal.columns));
    const { askYesNo } = await import('../prompt.ts');
    if (!(await askYesNo('Shall exactly this be in force?')))
      throw new CliError(exitCodes.cancelled, 'nothing was approved');
  }
  const path = `/v1/catalogs/${encodeURIComponent(proposal.version)}/approvals`;
  const decided = await client.call<CatalogProposal>({ method: 'POST', path });
  show(context, decided, () =>
    decided.state === 'approved'
      ? 'Approved. The catalog is in force.\n'
      : 'Approved. Another operator has to approve it, too.\n',
  );
}

/** Rejects a proposed catalog; one operator is enough. Throws CliError 2 without a reason. */
export async function rejectCatalog(
  context: Context,
  version: string,
  { because }: RejectCatalogOptions,
): Promise<void> {
  if (because === undefined || because.trim() === '')
    throw new CliError(exitCodes.usage, 'say why: add --because "…"');
  const client = await connect(context);
  const proposal = openProposal(version, await readState(client));
  const path = `/v1/catalogs/${encodeURIComponent(proposal.version)}/reject`;
  const decided = await client.call<CatalogProposal>({ method: 'POST', path, body: { because } });
  show(context, decided, () => 'Rejected. The catalog in force stays.\n');
}

export const readState = (client: Client) => client.call<Catalogs>({ method: 'GET', path: '/v1/catalogs' });

export const readChanges = (client: Client, version: string) =>
  client.call<CatalogChanges>({
    method: 'GET',
    path: `/v1/catalogs/${encodeURIComponent(version)}/changes`,
  });

export const readText = (client: Client, version: string) =>
  client.call<CatalogText>({ method: 'GET', path: `/v1/catalogs/${encodeURIComponent(version)}` });

/** What it comes to, and then the lines of the two texts. */
async function whatChanges(
  client: Client,
  { inForce }: Catalogs,
  proposal: CatalogProposal,
  columns: number | undefined,
): Promise<string> {
  const after = await readText(client, proposal.version);
  const changes = await readChanges(client, proposal.version);
  const before = inForce === null ? null : await readText(client, inForce.version);
  return `${facts(proposalFacts(proposal), columns)}\n${catalogChangesText(changes)}\n${changedLines(before?.source ?? '', after.source)}\n`;
}

export function versionsOf({ inForce, proposals }: Catalogs): string[] {
  return [...(inForce === null ? [] : [inForce.version]), ...proposals.map(({ version }) => version)];
}

function openProposal(version: string, { proposals }: Catalogs): CatalogProposal {
  const named = namedVersion(
    version,
    proposals.map((one) => one.version),
  );
  const open = proposals.find((one) => one.version === named && one.state === 'proposed');
  if (open !== undefined) return open;
  const decided = proposals.find((one) => one.version === named);
  throw new CliError(
    exitCodes.denied,
    decided === undefined
      ? `no catalog ${printable(named)} is proposed: see daypass catalog status`
      : `this catalog is ${decided.state} already: see daypass catalog status`,
  );
}

/** The version that starts like this, with or without `sha256:`; a whole one is taken as it is. */
export function namedVersion(start: string, versions: readonly string[]): string {
  const digits = start.replace(/^sha256:/, '').toLowerCase();
  if (!/^[0-9a-f]{4,64}$/.test(digits))
    throw new CliError(exitCodes.usage, 'name the version by its first four hex digits or more');
  const [only, ...others] = new Set(versions.filter((one) => one.startsWith(`sha256:${digits}`)));
  if (others.length > 0)
    throw new CliError(exitCodes.usage, `several versions start with ${digits}: give more of its digits`);
  if (only !== undefined) return only;
  if (digits.length === 64) return `sha256:${digits}`;
  throw new CliError(exitCodes.denied, `no catalog starts with ${digits}: see daypass catalog status`);
}
