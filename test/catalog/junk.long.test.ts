import { test } from 'vitest';
import { anyField, anyText, anyValue, brokenCatalog } from './junk.ts';

test('any text is read or refused, never thrown at', () => {
  anyText(20000);
});

test('any value written as YAML is read or refused', () => {
  anyValue(8000);
});

test('a sound catalog with a piece cut out, doubled or replaced never opens up', () => {
  brokenCatalog(20000);
});

test('a sound catalog with any value in place of a field never opens up', () => {
  anyField(12000);
});
