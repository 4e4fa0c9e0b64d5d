import { SimulateCustomPolicyCommand } from '@aws-sdk/client-iam';
import type { Site } from './site.ts';

export type Simulated = 'allowed' | 'explicitDeny' | 'implicitDeny' | 'not known';

export interface SimulatedCase {
  readonly action: string;
  readonly decision: Simulated;
}

/** The session that may not call the simulator, or the reason for which nothing was simulated. */
export class NotSimulatedError extends Error {
  override readonly name = 'NotSimulatedError';
}

/**
 * What AWS's own evaluator makes of policies (IAM API reference, SimulateCustomPolicy), asked by a session of the target role.
 * Nothing is called. An action that the simulator does not know is answered so.
 * @param resource ARN; left out: `*`
 */
export async function simulate(
  site: Site,
  policies: readonly string[],
  actions: readonly string[],
  resource?: string,
): Promise<readonly SimulatedCase[]> {
  const { credentials } = await site.lend();
  const session = site.session(credentials);
  const run = async (names: readonly string[]): Promise<readonly SimulatedCase[] | null> => {
    let cases: SimulatedCase[] = [];
    const answer = await session.ask(async (abortSignal) => {
      cases = [];
      let marker: string | undefined;
      do {
        const page = await session.iam.send(
          new SimulateCustomPolicyCommand({
            PolicyInputList: [...policies],
            ActionNames: [...names],
            ContextEntries: [
              {
                ContextKeyName: 'aws:CurrentTime',
                ContextKeyType: 'date',
                ContextKeyValues: [`${site.clock().toISOString().slice(0, 19)}Z`],
              },
            ],
            ...(resource === undefined ? {} : { ResourceArns: [resource] }),
            ...(marker === undefined ? {} : { Marker: marker }),
          }),
          { abortSignal },
        );
        for (const { EvalActionName: action = '', EvalDecision: decision } of page.EvaluationResults ?? []) {
          cases.push({ action, decision: decision ?? 'not known' });
        }
        marker = page.IsTruncated === true ? page.Marker : undefined;
      } while (marker !== undefined);
    });
    if (answer.kind === 'allowed') return cases;
    if (answer.kind === 'denied') {
      throw new NotSimulatedError(`${site.options.targetRole} may not call iam:SimulateCustomPolicy`);
    }
    if (answer.text.startsWith('InvalidInput')) return null;
    throw new Error(answer.text);
  };
  const together = await run(actions);
  if (together !== null) return together;
  // One of them is new to the simulator: then each by itself.
  const each: SimulatedCase[] = [];
  for (const action of actions) each.push(...((await run([action])) ?? [{ action, decision: 'not known' }]));
  return each;
}
