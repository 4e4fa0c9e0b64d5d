import { defaultBreakGlassSeconds, strongest } from './break-glass.ts';
import { parseDuration } from './duration.ts';
import { defaults } from './limits.ts';
import { resolveWho, subjects } from './resolve-approve.ts';
import type { CatalogFile } from './schema.ts';
import type { BreakGlassEntry } from './schema-break-glass.ts';
import type { AssuranceDemand, AssuranceLevel, BreakGlass } from './types.ts';

/** What the rest of the entitlement says, resolved. */
interface Around {
  /** The name of its account in the file. */
  readonly account: string;
  readonly maxDurationSeconds: number;
  /** Every level that it demands. */
  readonly levels: readonly AssuranceLevel[];
}

/** Who may break the glass, with every default filled in; nothing where the file has none. */
export function resolveBreakGlass(
  entry: BreakGlassEntry | undefined,
  { account, maxDurationSeconds, levels }: Around,
  file: CatalogFile,
): { readonly breakGlass?: BreakGlass } {
  if (entry === undefined) return {};
  const { by, within, escalate } = entry.followUp;
  const withinSeconds = seconds(within, defaults.followUpSeconds);
  return {
    breakGlass: {
      people: subjects(entry.people, file),
      maxDurationSeconds: seconds(entry.maxDuration, defaultBreakGlassSeconds(maxDurationSeconds)),
      assurance: demand(entry.assurance, strongest(levels)),
      followUp: {
        by: resolveWho(by, account, file),
        withinSeconds,
        ...(escalate === undefined
          ? {}
          : {
              escalate: {
                afterSeconds: seconds(escalate.after, withinSeconds),
                to: resolveWho(escalate.to, account, file),
              },
            }),
      },
    },
  };
}

function demand(entry: BreakGlassEntry['assurance'], least: AssuranceLevel): AssuranceDemand {
  const fresh = defaults.breakGlassMaxAgeSeconds;
  if (entry === undefined) return { level: least, maxAgeSeconds: fresh };
  if (typeof entry === 'string') return { level: entry, maxAgeSeconds: fresh };
  const { level, maxAge } = entry;
  return { level, maxAgeSeconds: maxAge === 'any' ? null : seconds(maxAge, fresh) };
}

function seconds(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : parseDuration(text);
  if (value === null) throw new Error('the duration was not checked');
  return value;
}
