import { EgressRefused } from '../../src/egress/refused.ts';

/** The refusal that a call ends with; throws when it ends otherwise. */
export async function refusalOf(call: Promise<unknown>): Promise<EgressRefused> {
  try {
    await call;
  } catch (error) {
    if (error instanceof EgressRefused) return error;
    throw error;
  }
  throw new Error('the call went out and was answered');
}
