import { createChatLinkCode } from '../../channels/create-chat-link-code.ts';
import { notFound } from '../../refusal.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import { ChatLinkCode } from './schemas/person.ts';
import { ref } from './schemas/ref.ts';

export function chatLinkRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/chat-links',
    {
      config: { operation: 'createChatLink' },
      preValidation: optionalBody,
      schema: {
        tags: ['channels'],
        summary: 'A one-use code that links my chat account',
        description: 'Type `/daypass link CODE` in the chat yourself: whoever types it becomes you there.',
        body: noInput,
        response: { 201: ref(ChatLinkCode) },
        problems: { 404: 'No chat is configured.' },
      },
    },
    async (request, reply) => {
      if (deps.slackSigningSecret === null) throw notFound('chat');
      const link = await createChatLinkCode(deps, callerOf(request));
      return reply.code(201).header('cache-control', 'no-store').send(link);
    },
  );
}
