import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkCodeHash, newLinkCode } from '../../src/channels/link-code.ts';
import { parseCallback } from '../../src/channels/slack/parse.ts';
import { escapeText } from '../../src/channels/slack/render.ts';
import { checkSignature } from '../../src/channels/slack/signature.ts';

describe('signature', () => {
  // The example of docs.slack.dev, Verifying requests from Slack.
  const secret = '8f742231b10e8888abcd99yyyzzz85a5';
  const body = Buffer.from(
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
  );
  const timestamp = '1531420618';
  const signature = 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503';
  const at = (seconds: number) => new Date((1_531_420_618 + seconds) * 1000);
  const good = { timestamp, signature, body };

  test("Slack's own example holds", () => {
    expect(checkSignature(secret, good, at(0))).toMatchObject({ expiresAt: at(301) });
  });

  test.each([-300, 300])('%d seconds off is still accepted', (seconds) => {
    expect(checkSignature(secret, good, at(seconds))).not.toBeNull();
  });

  test.each([-301, 301, -86_400, 86_400])('%d seconds off is refused: stale and future alike', (seconds) => {
    expect(checkSignature(secret, good, at(seconds))).toBeNull();
  });

  test('a changed byte of body, signature or timestamp, or another secret, is refused', () => {
    fc.assert(
      fc.property(fc.nat(body.length - 1), fc.integer({ min: 1, max: 255 }), (place, flip) => {
        const changed = Buffer.from(body);
        changed[place] = (changed[place] ?? 0) ^ flip;
        expect(checkSignature(secret, { ...good, body: changed }, at(0))).toBeNull();
      }),
      { numRuns: 50 },
    );
    expect(checkSignature(secret, { ...good, timestamp: '1531420619' }, at(0))).toBeNull();
    expect(checkSignature(secret, { ...good, signature: signature.replace('a2', 'a3') }, at(0))).toBeNull();
    expect(checkSignature(`${secret}x`, good, at(0))).toBeNull();
  });

  test.each([
    ['none', undefined],
    ['empty', ''],
    ['another version', signature.replace('v0', 'v1')],
    ['too short', signature.slice(0, -2)],
    ['upper case, a second spelling of the same', signature.toUpperCase().replace('V0', 'v0')],
    ['two', [signature, signature]],
  ])('a signature that is %s is refused', (_name, value) => {
    expect(checkSignature(secret, { ...good, signature: value }, at(0))).toBeNull();
  });

  test.each([undefined, '', '0', '-1', '1e9', '01531420618', ' 1531420618', '1531420618.0', '9'.repeat(30)])(
    'a timestamp of %j is refused even when it is signed',
    (value) => {
      const signed = `v0=${createHmac('sha256', secret).update(`v0:${value}:`).update(body).digest('hex')}`;
      expect(checkSignature(secret, { timestamp: value, signature: signed, body }, at(0))).toBeNull();
    },
  );

  test('an empty secret trusts nothing', () => {
    const signed = `v0=${createHmac('sha256', '').update(`v0:${timestamp}:`).update(body).digest('hex')}`;
    expect(checkSignature('', { ...good, signature: signed }, at(0))).toBeNull();
  });
});

describe('what a callback says', () => {
  const request = `req_${'0'.repeat(26)}`;
  const digest = `sha256:${'a'.repeat(64)}`;
  const payload = (over: object = {}) => ({
    type: 'block_actions',
    team: { id: 'T1', domain: 'x' },
    user: { id: 'U1', name: 'erin' },
    actions: [{ action_id: 'daypass_approve', value: JSON.stringify({ request, digest }), type: 'button' }],
    ...over,
  });
  const body = (value: unknown) => new URLSearchParams({ payload: JSON.stringify(value) }).toString();

  test('a button is read with its id and digest', () => {
    const account = { channel: 'slack', workspace: 'T1', externalId: 'U1' };
    expect(parseCallback(body(payload()))).toEqual({
      kind: 'review',
      account,
      decision: 'approve',
      request,
      digest,
    });
    const deny = [{ action_id: 'daypass_deny', value: JSON.stringify({ request, digest }) }];
    expect(parseCallback(body(payload({ actions: deny })))).toMatchObject({
      kind: 'review',
      decision: 'deny',
    });
  });

  test.each([
    ['no team', payload({ team: null })],
    ['a user that is no id', payload({ user: { id: 'U1\n' } })],
    ['no action', payload({ actions: [] })],
    ['two actions', payload({ actions: [...payload().actions, ...payload().actions] })],
    ['another action', payload({ actions: [{ action_id: 'approve_all', value: '{}' }] })],
    ['another type', payload({ type: 'view_submission' })],
    ['a value that is not JSON', payload({ actions: [{ action_id: 'daypass_approve', value: '{' }] })],
    [
      'a value with more in it',
      payload({
        actions: [
          { action_id: 'daypass_approve', value: JSON.stringify({ request, digest, decision: 'approve' }) },
        ],
      }),
    ],
    [
      'an id that is none',
      payload({
        actions: [{ action_id: 'daypass_approve', value: JSON.stringify({ request: 'x', digest }) }],
      }),
    ],
    ['a list', [payload()]],
    ['null', null],
  ])('%s is not understood', (_name, value) => {
    expect(parseCallback(body(value))).toEqual({ kind: 'unknown' });
  });

  test('commands', () => {
    const command = (text: string, over: Record<string, string> = {}) =>
      parseCallback(
        new URLSearchParams({ command: '/daypass', team_id: 'T1', user_id: 'U1', text, ...over }).toString(),
      );
    expect(command(' link abcde-fghjk ')).toMatchObject({ kind: 'link', code: 'abcde-fghjk' });
    expect(command('unlink')).toMatchObject({ kind: 'unlink' });
    for (const text of ['', 'link', 'unlink all', 'approve everything']) {
      expect(command(text)).toEqual({ kind: 'help' });
    }
    expect(command('unlink', { command: '/other' })).toEqual({ kind: 'unknown' });
    expect(command('unlink', { user_id: '' })).toEqual({ kind: 'unknown' });
  });

  test('no text makes it throw or act', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json().map((text) => `payload=${encodeURIComponent(text)}`),
        ),
        (text) => {
          expect(parseCallback(text)).toEqual({ kind: 'unknown' });
        },
      ),
    );
  });
});

describe('answers', () => {
  test('nothing in them becomes a mention, a link or a hidden character', () => {
    expect(escapeText('<!channel> & <https://evil|x>\u0007\u202e\nb')).toBe(
      '&lt;!channel&gt; &amp; &lt;https://evil|x&gt;  \nb',
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(escapeText(text)).not.toMatch(/[<>\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });
});

describe('link codes', () => {
  test('are ten unmistakable characters, each time others', () => {
    const codes = Array.from({ length: 200 }, newLinkCode);
    for (const code of codes) expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{10}$/);
    expect(new Set(codes).size).toBe(200);
  });

  test('are read whatever the case, the dashes and the look-alikes; anything else is none', () => {
    const stored = linkCodeHash('01ABCDEFGH');
    expect(stored).toHaveLength(32);
    expect(linkCodeHash('oL-abc defgh')).toEqual(stored);
    for (const text of ['', '01ABCDEFG', '01ABCDEFGHJ', '01ABCDEFGU', '01ABCDEFG!']) {
      expect(linkCodeHash(text)).toBeNull();
    }
  });
});
