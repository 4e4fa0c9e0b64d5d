import { expect, test } from 'vitest';
import { parseCatalog } from '../../src/catalog/load.ts';
import { entitlementFromTerms, entitlementTerms } from '../../src/catalog/terms.ts';
import { changed, only, sample, sound } from './sample.ts';

const ticket = '    ticket: "OPS-[0-9]+"\n';
const validated = changed(ticket, `${ticket}    ticketValidated: true\n`);

test('tickets are validated where the catalog says so, and stored terms say so too', () => {
  const entitlement = only(sound(validated), 'prod/admin');
  expect(entitlement.ticketValidated).toBe(true);
  const terms = entitlementTerms(entitlement);
  expect(terms).toMatchObject({ ticketValidated: true });
  expect(entitlementFromTerms(JSON.parse(JSON.stringify(terms)))).toEqual(entitlement);
});

test('where it is left out or false, terms and version are those of before it existed', () => {
  const off = sound(changed(ticket, `${ticket}    ticketValidated: false\n`));
  expect(entitlementTerms(only(off, 'prod/admin'))).not.toHaveProperty('ticketValidated');
  expect(off.version).toBe(sound(sample).version);
  expect(sound(validated).version).not.toBe(off.version);
});

test('without a ticket there is nothing to validate', () => {
  const result = parseCatalog(changed(ticket, '    ticketValidated: true\n'));
  expect(result).toMatchObject({
    ok: false,
    problems: [{ line: 12, path: '/entitlements/prod~1admin/ticketValidated' }],
  });
});

test('a rule set can say it for the entitlements that use it', () => {
  const shared = validated
    .replace(`${ticket}    ticketValidated: true\n`, '    use: paper\n')
    .replace('entitlements:\n', `ruleSets:\n  paper:\n${ticket}    ticketValidated: true\nentitlements:\n`);
  expect(sound(shared).version).toBe(sound(validated).version);
});
