import { Type as T } from 'typebox';
import { named } from './ref.ts';

/** RFC 9457 problem details. Extra members stand beside these. */
export const Problem = named(
  'Problem',
  T.Object(
    {
      type: T.String({ description: 'A URI that names the kind of problem.' }),
      title: T.String({ description: 'The kind of problem in a few words.' }),
      status: T.Integer({ description: 'The HTTP status.' }),
      detail: T.String({ description: 'What went wrong here, and what to do.' }),
      code: T.String({ description: 'The kind of problem, for programs. Stable.' }),
      requestId: T.String({ description: 'Names this call in logs and in the audit log.' }),
      errors: T.Optional(
        T.Array(
          T.Object({
            path: T.String({
              description: 'Where: a JSON Pointer into the body, or the name of a parameter.',
            }),
            message: T.String({ description: 'What is wrong there, as a sentence.' }),
          }),
          { description: 'Every fault of the input at once.' },
        ),
      ),
    },
    { additionalProperties: true, description: 'Why Daypass refused or failed (RFC 9457).' },
  ),
);
