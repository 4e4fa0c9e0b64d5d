import type { Explanation } from '../api.ts';
import { type Context, show } from '../context.ts';
import { explanationText } from '../display/explanation.ts';
import { connect } from '../server/connect.ts';

export interface ExplainOptions {
  readonly entitlement: string;
  readonly as?: string;
  /** Seconds. */
  readonly for?: number;
  readonly ticket?: string;
  readonly because?: string;
  readonly at?: string;
  readonly assurance?: string;
  readonly from?: string;
}

/** Why somebody would get an entitlement or not. Others are for operators and auditors. */
export async function catalogExplain(context: Context, options: ExplainOptions): Promise<void> {
  const client = await connect(context);
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({
    person: options.as,
    durationSeconds: options.for,
    ticket: options.ticket,
    reason: options.because,
    at: options.at,
    assurance: options.assurance,
    from: options.from,
  })) {
    if (value !== undefined) asked.set(name, String(value));
  }
  const query = asked.size === 0 ? '' : `?${asked.toString()}`;
  const path = `/v1/entitlements/${encodeURIComponent(options.entitlement)}/explanation${query}`;
  const explanation = await client.call<Explanation>({ method: 'GET', path });
  show(context, explanation, () => explanationText(explanation));
}
