import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ApprovalsDeps } from '../../approvals/deps.ts';
import type { CountStranger } from '../../audit/stranger-failures.ts';
import { forgetOld, once } from '../../channels/once.ts';
import { act } from '../../channels/slack/actions.ts';
import { parseCallback } from '../../channels/slack/parse.ts';
import { ephemeral, replayed, type SlackAnswer } from '../../channels/slack/render.ts';
import { checkSignature } from '../../channels/slack/signature.ts';
import type { Secret } from '../../keys/secret.ts';
import { Refusal } from '../../refusal.ts';
import { problemBody } from '../problem.ts';

export interface SlackRouteDeps {
  readonly slack: ApprovalsDeps & {
    readonly signingSecret: Secret<string>;
    /** Where people reach Daypass. */
    readonly publicUrl: URL;
    /** The workspaces that Daypass listens to. */
    readonly teamIds: readonly string[];
  };
  readonly countStranger: CountStranger;
}

// A button's payload repeats the message that it belongs to.
const largestBody = 256 * 1024;

/** The one address that Slack calls. Register it only when a signing secret is configured. */
export async function slackRoutes(app: FastifyInstance, deps: SlackRouteDeps): Promise<void> {
  await app.register(async (scope) => {
    // The signature covers the raw bytes, so nothing here may read the body before it is checked.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'buffer', bodyLimit: largestBody },
      async (_request: FastifyRequest, body: Buffer) => body,
    );
    scope.post(
      '/channels/slack',
      {
        bodyLimit: largestBody,
        config: { operation: 'slackCallback' },
        schema: {
          tags: ['channels'],
          summary: "What people do in Slack, signed with Slack's signing secret",
        },
      },
      async (request, reply) => {
        const answer = await answerCallback(deps, request);
        void reply.header('cache-control', 'no-store');
        if (answer !== null) return reply.send(answer);
        deps.countStranger('slack_signature', request.ip);
        const problem = {
          status: 401,
          code: 'unauthenticated',
          detail: 'This is not a signed callback.',
          extra: {},
        } as const;
        return reply
          .code(problem.status)
          .type('application/problem+json')
          .send(JSON.stringify(problemBody(problem, request.id)));
      },
    );
  });
}

/** Null when the signature does not hold. */
async function answerCallback(deps: SlackRouteDeps, request: FastifyRequest): Promise<SlackAnswer | null> {
  const { slack, countStranger } = deps;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const signed = checkSignature(
    slack.signingSecret.reveal(),
    {
      timestamp: request.headers['x-slack-request-timestamp'],
      signature: request.headers['x-slack-signature'],
      body,
    },
    slack.clock(),
  );
  if (signed === null) return null;
  const meta = { address: request.ip, requestId: request.id };
  try {
    await forgetOld(slack);
    const action = parseCallback(body.toString('utf8'));
    const text = await once(slack, signed, meta, (transact) =>
      act(
        {
          ...slack,
          transact,
          countStranger,
          recordDenial: (caller, operation, target, error) =>
            request.server.denials.record(caller, operation, target, error),
        },
        action,
        meta,
      ),
    );
    return ephemeral(text ?? replayed);
  } catch (error) {
    // Slack shows people nothing of an error; the refusal's one sentence tells them to try again.
    if (error instanceof Refusal) return ephemeral(error.message);
    throw error;
  }
}
