import { Type as T } from 'typebox';
import { createChatLinkCode } from '../../channels/create-chat-link-code.ts';
import { listChatLinks } from '../../channels/list-chat-links.ts';
import { unlinkChatsOf, unlinkMyChats } from '../../channels/unlink-person.ts';
import { notFound } from '../../refusal.ts';
import { callerOf } from '../authentication.ts';
import type { ApiDeps } from '../deps.ts';
import type { TypedApp } from '../typed.ts';
import { noInput, optionalBody } from './optional-body.ts';
import { ChatLinkCode, ChatLinks, PersonId } from './schemas/person.ts';
import { ref } from './schemas/ref.ts';

/** Chat accounts that stand for people. Seeing and ending links works with no chat configured: links can be older. */
export function chatLinkRoutes(app: TypedApp, deps: ApiDeps): void {
  app.post(
    '/v1/chat-links',
    {
      config: { operation: 'createChatLink' },
      preValidation: optionalBody,
      schema: {
        tags: ['channels'],
        summary: 'A one-use code that links my chat account',
        description:
          'Type `/daypass link CODE` in the chat yourself: whoever types it becomes you there. Needs a multi-factor sign-in of the last 15 minutes.',
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
  app.get(
    '/v1/chat-links',
    {
      config: { operation: 'listChatLinks' },
      schema: {
        tags: ['channels'],
        summary: 'The chat accounts that stand for me',
        response: { 200: ref(ChatLinks) },
      },
    },
    async (request) => ({ items: await listChatLinks(deps.approvals, callerOf(request)) }),
  );
  app.delete(
    '/v1/chat-links',
    {
      config: { operation: 'deleteChatLinks' },
      schema: {
        tags: ['channels'],
        summary: 'No chat account stands for me any more',
        description: 'A code that was not used yet stops working too.',
        response: { 204: T.Null({ description: 'Done, also when there was none.' }) },
      },
    },
    async (request, reply) => {
      await unlinkMyChats(deps, callerOf(request));
      return reply.code(204).send(null);
    },
  );
  app.delete(
    '/v1/people/:id/chat-links',
    {
      config: { operation: 'resetChatLinks' },
      schema: {
        tags: ['channels'],
        summary: 'No chat account stands for a person any more',
        description:
          'For operators, when a device or a chat account is lost. Needs a multi-factor sign-in of the last 15 minutes.',
        params: T.Object({ id: PersonId }),
        response: { 204: T.Null({ description: 'Done, also when there was none.' }) },
        problems: { 404: 'There is no such person.' },
      },
    },
    async (request, reply) => {
      await unlinkChatsOf(deps, callerOf(request), { personId: request.params.id });
      return reply.code(204).send(null);
    },
  );
}
