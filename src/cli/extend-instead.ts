import { randomUUID } from 'node:crypto';
import type { Request } from './api.ts';
import type { Terms } from './ask-terms.ts';
import { heldText } from './display/held.ts';
import type { Client } from './server/client.ts';

/** What would be asked for, as the API has it. */
export interface Ask extends Terms {
  readonly entitlements: readonly string[];
  readonly ticket?: string;
}

/**
 * Offers whoever holds already what they are about to ask for more time under it instead. Returns the request that was made;
 * null where they hold nothing that can be extended, or would rather have a grant of its own.
 * @param preview what a dry run said of it
 */
export async function extendInstead(
  client: Client,
  preview: Request,
  { entitlements, durationSeconds, reason, ticket }: Ask,
): Promise<Request | null> {
  const held = entitlements.length === 1 ? preview.overlaps?.find(({ extendable }) => extendable) : undefined;
  if (held === undefined) return null;
  const { askYesNo } = await import('./prompt.ts');
  const question = `${capital(heldText(held))}. Ask for more time under it instead, without interruption?`;
  if (!(await askYesNo(question))) return null;
  return client.call<Request>({
    method: 'POST',
    path: `/v1/grants/${encodeURIComponent(held.grant)}/extend`,
    headers: { 'idempotency-key': randomUUID() },
    body: { durationSeconds, reason, ...(ticket === undefined ? {} : { ticket }) },
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
