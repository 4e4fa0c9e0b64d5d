import { Type as T } from 'typebox';
import { maxDestination } from '../../../aws/console-address.ts';
import { Exposure, Limit } from './grant.ts';
import { instant, named, ref, seconds } from './ref.ts';

export const ConsoleInput = named(
  'ConsoleInput',
  T.Object(
    {
      destination: T.Optional(
        T.String({
          maxLength: maxDestination,
          description: 'https address of the page of the AWS console to be led to; its home when left out.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
);

export const ConsoleSignIn = named(
  'ConsoleSignIn',
  T.Object({
    url: T.String({
      description: 'Signs in whoever opens it: a secret. It is shown once and kept nowhere.',
    }),
    expiresAt: instant('Until when the address can be opened.'),
    sessionId: T.String({ description: 'Starts with `ses_`.' }),
    grantId: T.String(),
    sessionEndsAt: instant('When access in the console ends.'),
    limits: T.Array(ref(Limit), { description: 'What limited the lifetime, and which limit won.' }),
    residualExposureSeconds: seconds(
      'The longest of the residual exposures that have a bound, after the grant ends. Those whose seconds are null are not in it.',
    ),
    residualExposures: T.Array(ref(Exposure), {
      description: 'What can outlive the grant, one by one, where the role allows it.',
    }),
  }),
);

export const consoleComponents = [ConsoleInput, ConsoleSignIn];
