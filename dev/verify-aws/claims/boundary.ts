import { maxDocumentCharacters, readDocument } from '../../../src/broker/boundary/document.ts';
import { maxVersions } from '../boundary-keeper.ts';
import { allHold, type Claim, fails, holds } from '../claim.ts';

export const readBack: Claim = {
  id: 'boundary.read-back',
  says: 'The document in force that IAM answers is the one that was written.',
  source: 'IAM API reference, CreatePolicyVersion and GetPolicyVersion',
  how: 'A document is written by the deny-writer, read back until it is there, and compared character by character.',
  needs: [],
  async look({ boundary }) {
    const document = documentOf(boundary.original, 400);
    const times = await boundary.put(document);
    const { document: found } = await boundary.policy.read();
    await boundary.put(boundary.original);
    const measured = { 'read until it was there, times': [times] };
    if (found === document) return holds('It came back character by character.', measured);
    return fails('It came back with the same meaning and another text.', measured);
  },
};

export const documentSize: Claim = {
  id: 'boundary.size',
  says: `A managed policy holds ${maxDocumentCharacters} characters without white space, and not one more.`,
  source: 'IAM User Guide, "IAM and AWS STS quotas"',
  how: 'Documents of both lengths are written, and the longest once more with blanks and line breaks in it. The codes in them are nobody’s.',
  needs: [],
  async look({ boundary }) {
    const longest = documentOf(boundary.original, maxDocumentCharacters);
    await boundary.put(longest);
    await boundary.put(JSON.stringify(JSON.parse(longest), null, 2));
    await boundary.put(boundary.original);
    const error = await boundary.tryPut(documentOf(boundary.original, maxDocumentCharacters + 1));
    if (error === null) return fails(`${maxDocumentCharacters + 1} characters were accepted.`);
    return allHold(
      'Both lengths were answered as they should be.',
      error === 'LimitExceededException' ? [] : [`one character too many was answered with ${error}`],
    );
  },
};

export const versionLimit: Claim = {
  id: 'boundary.versions',
  says: `A managed policy has ${maxVersions} versions at most: the next one is refused until an older one is deleted.`,
  source: 'IAM User Guide, "Versioning IAM policies"',
  how: 'Versions with the text as it was found are added until there are five, and then one more; what was added is deleted.',
  needs: [],
  async look({ boundary }) {
    for (let have = await boundary.versions(); have < maxVersions; have++) {
      const early = await boundary.tryPut(boundary.original);
      if (early !== null) return fails(`Version ${have + 1} was refused with ${early}.`);
    }
    const error = await boundary.tryPut(boundary.original);
    // With room made, as Daypass makes it, it goes on.
    await boundary.put(boundary.original);
    await boundary.tidy();
    if (error === null) return fails(`Version ${maxVersions + 1} was accepted.`);
    return allHold(
      'The sixth was refused, and accepted once the oldest was gone.',
      error === 'LimitExceededException' ? [] : [`it was refused with ${error}`],
    );
  },
};

export const boundedRoles: Claim = {
  id: 'boundary.entities',
  says: 'ListEntitiesForPolicy names the lent role as one whose boundary the policy is.',
  source: 'IAM API reference, ListEntitiesForPolicy, PolicyUsageFilter',
  how: 'The deny-writer asks, as it does before a grant is called denied.',
  needs: [],
  async look({ boundary, options }) {
    const found = await boundary.policy.boundedRoles();
    const name = options.targetRole.slice(options.targetRole.lastIndexOf('/') + 1);
    if (!found.includes(name)) return fails(`${name} is not among the ${found.length} roles.`);
    return holds(`${name} is among ${found.length} roles.`);
  },
};

/** The document found, with denies of codes that no session carries, of exactly so many characters. */
function documentOf(original: string, characters: number): string {
  const others = readDocument(original).others;
  const render = (codes: readonly string[]) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        ...others,
        {
          Sid: 'DaypassEndedGrants',
          Effect: 'Deny',
          Action: '*',
          Resource: '*',
          Condition: { StringEquals: { 'aws:PrincipalTag/daypass:code': codes } },
        },
      ],
    });
  const code = (n: number, length = 8) => String(n).padStart(length, 'z');
  const length = (codes: readonly string[]) => render(codes).replaceAll(/\s/g, '').length;
  const codes = [code(0)];
  // A further code takes its eight characters, two quotes and a comma; the first is made longer to make up for the rest.
  while (length(codes) + 11 <= characters) codes.push(code(codes.length));
  return render([code(0, 8 + characters - length(codes)), ...codes.slice(1)]);
}
