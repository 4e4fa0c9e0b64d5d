import { checkAddresses } from './check-addresses.ts';
import type { LocatedDocument, Path } from './document.ts';
import { isTimeZone } from './hours.ts';
import { quoted } from './lookalike.ts';
import { didYouMean } from './nearest.ts';
import { parameterTypes, placeholdersOf, valueFault } from './parameters.ts';
import { choiceNamePattern, maxNameLength, parameterNamePattern, tagKeyPattern } from './schema-session.ts';

/** Notes what the schema cannot see in the conditions and choices of one entitlement. */
export function checkSession(document: LocatedDocument, top: Path): void {
  checkConditions(document, [...top, 'conditions']);
  const choices = keysAt(document, [...top, 'choices']);
  for (const name of choices) {
    if (document.full) return;
    checkChoice(document, [...top, 'choices', name], name);
  }
  if (document.at([...top, 'choiceRequired']) === true && choices.length === 0) {
    document.note([...top, 'choiceRequired'], 'key', "'choiceRequired' needs 'choices': add it");
  }
}

function checkConditions(document: LocatedDocument, path: Path): void {
  checkAddresses(document, [...path, 'addresses']);
  for (const list of ['addresses', 'vpcEndpoints', 'regions', 'untagged'])
    checkTwice(document, [...path, list]);
  checkTagKeys(document, [...path, 'resourceTags']);
  if (
    document.at([...path, 'untagged']) !== undefined &&
    document.at([...path, 'resourceTags']) === undefined
  ) {
    document.note(
      [...path, 'untagged'],
      'key',
      "'untagged' says what 'resourceTags' leaves alone: add that, or take it out",
    );
  }
  const hours = [...path, 'hours'];
  checkTwice(document, [...hours, 'days']);
  const zone = document.at([...hours, 'zone']);
  if (typeof zone === 'string' && zone !== '' && !isTimeZone(zone)) {
    document.note(
      [...hours, 'zone'],
      'value',
      `no time zone is named ${quoted(zone)}: write one such as Europe/Berlin`,
    );
  }
  const [from, to] = [document.at([...hours, 'from']), document.at([...hours, 'to'])];
  if (typeof from === 'string' && from === to) {
    document.note(
      [...hours, 'to'],
      'value',
      '\'from\' and \'to\' are the same: for the whole day write "00:00" to "24:00"',
    );
  }
}

function checkChoice(document: LocatedDocument, path: Path, name: string): void {
  noteName(document, path, 'choice', name, choiceNamePattern);
  for (const list of ['actions', 'resources']) checkTwice(document, [...path, list]);
  checkTagKeys(document, [...path, 'resourceTags']);
  const parameters = keysAt(document, [...path, 'parameters']);
  for (const parameter of parameters) checkParameter(document, [...path, 'parameters', parameter], parameter);
  const used = new Set<string>();
  for (const place of placesOf(document, path)) {
    for (const wanted of placeholdersOf(place.text)) {
      used.add(wanted);
      checkPlace(document, path, place, wanted, parameters);
    }
  }
  for (const parameter of parameters) {
    if (used.has(parameter) || parameter === 'account') continue;
    const where = [...path, 'parameters', parameter];
    document.note(
      where,
      'key',
      `parameter ${quoted(parameter)} is not used: write {${parameter}} into resources or resourceTags`,
    );
  }
}

interface Place {
  readonly path: Path;
  readonly text: string;
  readonly inArn: boolean;
}

function placesOf(document: LocatedDocument, path: Path): Place[] {
  const places: Place[] = [];
  const add = (at: Path, inArn: boolean) => {
    const list = document.at(at);
    for (const [index, text] of (Array.isArray(list) ? list : []).entries()) {
      if (typeof text === 'string') places.push({ path: [...at, index], text, inArn });
    }
  };
  add([...path, 'resources'], true);
  for (const key of keysAt(document, [...path, 'resourceTags'])) add([...path, 'resourceTags', key], false);
  return places;
}

function checkPlace(
  document: LocatedDocument,
  choice: Path,
  place: Place,
  wanted: string,
  known: string[],
): void {
  if (wanted === 'account') return;
  if (!known.includes(wanted)) {
    document.note(
      place.path,
      'value',
      `no parameter is named ${quoted(wanted)}: add it under parameters${didYouMean(wanted, known)}`,
    );
    return;
  }
  const type = document.at([...choice, 'parameters', wanted, 'type']);
  const inArn =
    typeof type === 'string' && Object.hasOwn(parameterTypes, type) ? parameterTypes[type]?.inArn : true;
  if (place.inArn && inArn === false) {
    document.note(
      place.path,
      'value',
      `a ${quoted(type)} can hold what ends a part of an ARN: use it in resourceTags only`,
    );
  }
}

function checkParameter(document: LocatedDocument, path: Path, name: string): void {
  if (name === 'account')
    document.note(path, 'key', "'account' is the id of the account already: choose another name");
  else noteName(document, path, 'parameter', name, parameterNamePattern);
  const typeName = document.at([...path, 'type']);
  const type =
    typeof typeName === 'string' && Object.hasOwn(parameterTypes, typeName)
      ? parameterTypes[typeName]
      : undefined;
  if (typeof typeName !== 'string' || type === undefined) return;
  const longest = document.at([...path, 'maxLength']);
  if (typeof longest === 'number' && longest > type.longest) {
    document.note(
      [...path, 'maxLength'],
      'value',
      `a value of type ${quoted(typeName)} has at most ${type.longest} characters: write that or less`,
    );
  }
  const values = document.at([...path, 'values']);
  checkTwice(document, [...path, 'values']);
  const parameter = { name, type: typeName, description: '', values: null, maxLength: type.longest };
  for (const [index, value] of (Array.isArray(values) ? values : []).entries()) {
    const fault = typeof value === 'string' && value !== '' ? valueFault(parameter, value) : null;
    if (fault !== null) document.note([...path, 'values', index], 'value', `${quoted(value)} ${fault}`);
  }
}

function checkTwice(document: LocatedDocument, path: Path): void {
  const list = document.at(path);
  if (!Array.isArray(list)) return;
  for (const [index, value] of list.entries()) {
    if (typeof value === 'string' && list.indexOf(value) < index) {
      document.note([...path, index], 'value', `${quoted(value)} is listed twice: take one out`);
    }
  }
}

/** Notes keys of tags that are none, and values that are listed twice for one. */
export function checkTagKeys(document: LocatedDocument, path: Path): void {
  for (const key of keysAt(document, path)) {
    checkTwice(document, [...path, key]);
    if (new RegExp(tagKeyPattern).test(key)) continue;
    document.note(
      [...path, key],
      'key',
      `tag key ${quoted(key)} must be letters, digits, spaces and _.:/=+@-, at most 128`,
    );
  }
}

function noteName(document: LocatedDocument, path: Path, what: string, name: string, pattern: string): void {
  if (new RegExp(pattern).test(name) && name.length <= maxNameLength) return;
  const form =
    what === 'choice'
      ? "lower-case letters, digits and '-'"
      : 'letters and digits, beginning with a lower-case one';
  document.note(path, 'key', `${what} name ${quoted(name)} must be ${form}, at most ${maxNameLength}`);
}

function keysAt(document: LocatedDocument, path: Path): string[] {
  const map = document.at(path);
  return typeof map === 'object' && map !== null && !Array.isArray(map) ? Object.keys(map) : [];
}
