import { Type as T } from 'typebox';
import { assuranceLevels } from '../../../catalog/types.ts';
import { instant, named, nullable, nullableInstant, ref } from './ref.ts';

export const AssuranceLevel = T.Enum([...assuranceLevels], {
  description: 'How strongly somebody is proven, weakest first.',
});

export const Person = named(
  'Person',
  T.Object({
    id: T.String({ description: 'Starts with `prs_`.' }),
    name: nullable('As the identity provider gave it; null when it gave none.'),
  }),
);

export const Assurance = named(
  'Assurance',
  T.Object({
    level: AssuranceLevel,
    authenticatedAt: instant('When the person last authenticated actively.'),
  }),
);

export const Me = named(
  'Me',
  T.Object({
    id: T.String(),
    name: nullable('As the identity provider gave it.'),
    groups: T.Array(T.String()),
    roles: T.Object({
      auditor: T.Boolean({ description: 'May read the audit log.' }),
      operator: T.Boolean({ description: 'Operates Daypass.' }),
    }),
    assurance: ref(Assurance),
    signIn: T.Object({
      id: T.String({ description: 'Starts with `sgn_`.' }),
      client: T.String({ description: 'browser or cli.' }),
      expiresAt: nullableInstant('When this sign-in ends.'),
    }),
  }),
);

export const TotpEnrolment = named(
  'TotpEnrolment',
  T.Object({
    otpauthUri: T.String({ description: 'For the app, as a QR code or link. Shown once.' }),
    secret: T.String({ description: 'The same seed to type in by hand, base32. Shown once.' }),
  }),
);

export const CodeInput = named(
  'CodeInput',
  T.Object(
    { code: T.String({ pattern: '^[0-9]{6}$', description: 'the six digits that the app shows' }) },
    { additionalProperties: false },
  ),
);

export const ChatLinkCode = named(
  'ChatLinkCode',
  T.Object({
    code: T.String({ description: 'Type `/daypass link CODE` in the chat. One use.' }),
    expiresAt: instant('Until when.'),
  }),
);

export const ChatLink = named(
  'ChatLink',
  T.Object({
    channel: T.String({ description: 'slack.' }),
    workspace: T.String({ description: 'Id of the workspace, as the chat gives it.' }),
    externalId: T.String({ description: 'Id of the account there.' }),
    linkedAt: instant('Since when it stands for the person.'),
  }),
);

export const ChatLinks = named('ChatLinks', T.Object({ items: T.Array(ref(ChatLink)) }));

export const personIdPattern = '^prs_[0-9a-hjkmnp-tv-z]{26}$';

export const PersonId = T.String({
  pattern: personIdPattern,
  description: 'the id of a person: prs_ and 26 characters',
});
