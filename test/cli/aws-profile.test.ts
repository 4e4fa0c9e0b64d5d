import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ForeignProfile, hasCredentials, setProfile } from '../../src/cli/aws-config/profile.ts';

const profile = { name: 'prod/admin', command: '/opt/daypass creds prod/admin --format credential-process' };
const added = setProfile('', profile).text;

test('a new file gets the profile alone', () => {
  expect(added).toBe(
    '[profile prod/admin]\n# Made by `daypass aws configure`, which rewrites the next line and nothing else.\n' +
      'credential_process = /opt/daypass creds prod/admin --format credential-process\n',
  );
  expect(setProfile('', { ...profile, name: 'default' }).text).toMatch(/^\[default\]\n/);
});

test('a file without a line break at its end gets one, in its own style', () => {
  expect(setProfile('[default]\r\nregion = eu-west-1', profile).text).toBe(
    `[default]\r\nregion = eu-west-1\r\n\r\n${added.replaceAll('\n', '\r\n')}`,
  );
});

test('comments, order, odd spacing and bytes that are no UTF-8 stay', () => {
  const before =
    '\u00ef\u00bb\u00bf; first\n[ default ]\nregion=x \t\n\n\n[profile b] # mine\n s3 =\n   a = 1\n# \u00ff\u0080 end\n\n';
  expect(setProfile(before, profile).text).toBe(before + added);
});

test('doing it again changes nothing', () => {
  const once = setProfile('[default]\n', profile).text;
  expect(setProfile(once, profile)).toEqual({ text: once, change: 'unchanged' });
});

test('a changed command rewrites its one line; what people added to the profile stays', () => {
  const before = `[default]\r\n${added.replace('\n', '\r\n')}region = eu-west-1\n# kept\n[profile z]\nx = 1`;
  const after = setProfile(before, { ...profile, command: '/new' });
  expect(after.change).toBe('updated');
  expect(after.text).toBe(before.replace(profile.command, '/new'));
});

test.each([
  ['by hand', '[profile prod/admin]\nregion = x\n'],
  ['quoted', '[profile "prod/admin"]\n'],
  ['spaced', '  [profile   prod/admin ] ; mine\n'],
  ['without the word', '[prod/admin]\n'],
  ['after a byte order mark', '\u00ef\u00bb\u00bf[profile prod/admin]\n'],
  ['twice', `${added}[profile prod/admin]\n`],
  ['with the marker but another setting', added.replace('credential_process', 'sso_session')],
  ['with the marker alone', added.replace(/credential_process.*\n/, '')],
])("somebody else's profile of the name is refused: %s", (_, text) => {
  expect(() => setProfile(text, profile)).toThrow(ForeignProfile);
});

test('a profile in the credentials file is seen, because it would win', () => {
  expect(hasCredentials('[default]\n[prod/admin]\naws_access_key_id = x\n', 'prod/admin')).toBe(true);
  expect(hasCredentials('[default]\n# [prod/admin]\n', 'prod/admin')).toBe(false);
});

// Pieces that configuration files are made of, and pieces that they are not.
const piece = fc.oneof(
  fc.constantFrom(
    '\n',
    '\r\n',
    '\r',
    '[',
    ']',
    '[default]',
    '[profile a]',
    '[profile prod/adm]',
    '=',
    '#',
    ' ',
    '  s3 =\n',
  ),
  fc.string({ unit: 'binary-ascii', maxLength: 8 }),
  fc.constantFrom('\u00ff', '\u0080', '\u00e4', '\u0000'),
);

test('whatever is in the file, the rest of it stays byte for byte, and a second run changes nothing', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.array(piece, { maxLength: 10 }), (before, after) => {
      const head = before.join('');
      const first = setProfile(head, profile);
      expect(first.change).toBe('added');
      expect(first.text.startsWith(head)).toBe(true);
      expect(setProfile(first.text, profile).text).toBe(first.text);

      const whole = `${first.text}${after.join('')}`;
      const changed = setProfile(whole, { ...profile, command: '/other command' });
      const at = first.text.lastIndexOf(profile.command);
      expect(changed.text).toBe(
        whole.slice(0, at) + '/other command' + whole.slice(at + profile.command.length),
      );
    }),
    { numRuns: 500 },
  );
});
