import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Transact } from '../../src/audit/unit-of-work.ts';
import { auditUnavailable } from '../../src/audit/unavailable.ts';
import { createChatLinkCode } from '../../src/channels/create-chat-link-code.ts';
import { forgetOld, once } from '../../src/channels/once.ts';
import { act } from '../../src/channels/slack/actions.ts';
import { callerOf, refusalOf, startWorld, type World } from '../approvals/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const meta = { address: null, requestId: null };
const callback = (byte: number, seconds = 60) => ({
  signatureHash: Buffer.alloc(32, byte),
  expiresAt: new Date(world.now().getTime() + seconds * 1000),
});
const remembered = (byte: number) =>
  world.count('callback_replays WHERE signature_hash = $1', [Buffer.alloc(32, byte)]);

test('when the record cannot be written, nothing is remembered, and the same callback is done when sent again', async () => {
  const person = await world.person('Ina', ['approvers']);
  const { code } = await createChatLinkCode(world.deps, callerOf(person, world.now()));
  const account = { channel: 'slack', workspace: 'T1', externalId: 'U-ina' } as const;
  const send = (transact: Transact) =>
    once({ ...world.deps, transact }, callback(1), meta, (inside) =>
      act(
        {
          ...world.deps,
          transact: inside,
          publicUrl: new URL('https://daypass.example'),
          teamIds: ['T1'],
          countStranger: () => undefined,
          recordDenial: () => Promise.resolve(),
        },
        { kind: 'link', account, code },
        meta,
      ),
    );
  const away: Transact = () => Promise.reject(auditUnavailable());
  expect((await refusalOf(send(away))).code).toBe('audit_unavailable');
  expect(await remembered(1)).toBe(0);
  expect(await send(world.deps.transact)).toContain('now linked');
  expect(await remembered(1)).toBe(1);
  expect(await send(world.deps.transact)).toBeNull();
});

test('an act that writes nothing is remembered all the same', async () => {
  const help = () => once(world.deps, callback(2), meta, () => Promise.resolve('help'));
  expect([await help(), await help()]).toEqual(['help', null]);
});

test('an act may run further transactions once the first is committed', async () => {
  const context = { actor: { type: 'stranger', id: null }, ...meta } as const;
  const twice = () =>
    once(world.deps, callback(3), meta, async (transact) => {
      await transact(context, () => Promise.resolve());
      return transact(context, () => Promise.resolve('done'));
    });
  expect([await twice(), await twice()]).toEqual(['done', null]);
});

test('what is too old to be accepted is forgotten, and nothing else', async () => {
  const done = () => Promise.resolve('done');
  await once(world.deps, callback(4, -1), meta, done);
  await once(world.deps, callback(5, 1), meta, done);
  await forgetOld(world.deps);
  expect([await remembered(4), await remembered(5)]).toEqual([0, 1]);
});
