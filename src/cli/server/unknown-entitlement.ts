import { CliError } from '../exit.ts';
import { ProblemError } from './problem.ts';

/** Makes a call that names entitlements; where there is no such thing, the error says where to look. */
export async function advisingEntitlements<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'not_found') throw error;
    throw new CliError(error.exitCode, `${error.message.replace(/\.$/, '')}: see daypass entitlements`);
  }
}
