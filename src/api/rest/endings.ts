import { Type as T } from 'typebox';
import { maxWords } from '../../approvals/submission.ts';
import { checkedWords } from '../../approvals/wording.ts';
import { endMany } from '../../broker/end-many.ts';
import { silenceEnding } from '../../broker/silence-ending.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { EndedGrants, EndGrantsInput } from './schemas/end-many.ts';
import { Grant, GrantId, SilenceInput } from './schemas/grant.ts';
import { ref } from './schemas/ref.ts';

/** What operators do about endings: many at once, and the alarm of one that takes long. */
export function endingRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/grants/end',
    {
      config: { operation: 'endGrants' },
      schema: {
        tags: ['grants'],
        summary: 'End all grants of a pattern; without `expect`, only count them',
        description:
          'For operators. Ask without `expect` first. With it the number must be exactly what is there by then; otherwise nothing is ended.',
        body: ref(EndGrantsInput),
        response: { 200: ref(EndedGrants) },
        problems: {
          409: 'There is another number of them now: `grants` and `people` say which. Nothing was ended.',
        },
      },
    },
    (request) => {
      const { because, ...input } = request.body;
      return endMany(deps.ending, callerOf(request), {
        ...input,
        because: checkedWords('because', because, maxWords),
      });
    },
  );
  app.post(
    '/v1/grants/:id/silence',
    {
      config: { operation: 'silenceEnding' },
      schema: {
        tags: ['grants'],
        summary: 'Silence the alarm of an ending that takes long; it goes on being tried',
        description: 'For operators. Changes no state. Silencing what is silenced changes nothing.',
        params: T.Object({ id: GrantId }),
        body: ref(SilenceInput),
        response: { 200: ref(Grant) },
        problems: { 404: 'There is none.', 409: 'It is not ending.' },
      },
    },
    (request) =>
      silenceEnding(deps.ending, callerOf(request), {
        grantId: request.params.id,
        because: checkedWords('because', request.body.because, maxWords),
      }),
  );
}
