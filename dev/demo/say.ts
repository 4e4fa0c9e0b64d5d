import type { Stack } from './stack.ts';
import { type Cast, StepFailed, type Walk } from './walk.ts';

export interface Sayer extends Walk {
  title(text: string): void;
  line(text: string): void;
  /** Where everything is, and what to try next by hand. */
  goOn(stack: Stack, cast: Cast): void;
}

/** Prints the demo as a person would follow it. */
export function createSayer(out: NodeJS.WritableStream): Sayer {
  const line = (text: string) => void out.write(`  ${text.replaceAll('\n', '\n  ')}\n`);
  return {
    title: (text) => void out.write(`\n${text}\n`),
    line,
    async step(title, run, show) {
      out.write(`\n→ ${title}\n`);
      try {
        const result = await run();
        line(show(result));
        return result;
      } catch (error) {
        throw new StepFailed(title, error);
      }
    },
    goOn(stack, cast) {
      out.write(
        [
          '',
          'Everything stays up. Stop it with Ctrl-C.',
          '',
          `  Daypass             ${stack.url}   (open it and sign in as anybody)`,
          `  Identity provider   ${stack.idp.issuer}`,
          `  AWS stand-in        ${stack.aws.endpoint}   calls: ${stack.aws.logUrl}`,
          `  Database            psql '${stack.postgres.url(stack.database, 'app')}'`,
          '',
          'Users, and a token of each for the API:',
          ...Object.values(cast).map((person) => `  ${person.name.padEnd(18)} ${person.token}`),
          '',
          'Go on by hand, in another terminal:',
          `  export DAYPASS_URL=${stack.url} AWS_ENDPOINT_URL=${stack.aws.endpoint} AWS_REGION=${stack.aws.world.region}`,
          '  bin/daypass login',
          '  bin/daypass request prod/admin --for 15m --because "Trying it out"',
          '  bin/daypass exec prod/admin -- env | grep AWS_ACCESS_KEY_ID',
          '',
        ].join('\n'),
      );
    },
  };
}
