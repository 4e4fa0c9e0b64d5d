import { findSections, splitLines } from './sections.ts';

export interface Profile {
  /** Name of the AWS profile. */
  readonly name: string;
  /** The command after `credential_process =`, in printable ASCII. */
  readonly command: string;
}

/** Thrown when there is a profile of that name that Daypass did not make. */
export class ForeignProfile extends Error {}

export type Change = 'added' | 'updated' | 'unchanged';

const marker = '# Made by `daypass aws configure`, which rewrites the next line and nothing else.';

/** Names of AWS profiles (AWS SDKs and Tools Reference Guide, "Shared config and credentials files"). */
export function isProfileName(name: string): boolean {
  return /^[A-Za-z0-9_.%@:+/-]{1,128}$/.test(name);
}

/**
 * Adds a profile to the text of an AWS config file, or brings the one that Daypass made up to date. Every other byte stays:
 * read and write the file as Latin-1. New lines end as the file's own do.
 * Throws ForeignProfile when somebody else's profile has the name.
 */
export function setProfile(text: string, profile: Profile): { text: string; change: Change } {
  const lines = splitLines(text);
  const found = findSections(lines).filter(({ title }) => titlesOf(profile.name).includes(title));
  const [section] = found;
  if (section === undefined) return { text: text + appended(text, profile), change: 'added' };

  const at = lines.findIndex(
    (line, index) => index > section.start && index < section.end && withoutBreak(line) === marker,
  );
  const setting = lines[at + 1] ?? '';
  if (found.length > 1 || at === -1 || at + 1 >= section.end || !/^credential_process\s*=/.test(setting)) {
    throw new ForeignProfile(profile.name);
  }
  const wanted = settingLine(profile) + setting.slice(withoutBreak(setting).length);
  if (wanted === setting) return { text, change: 'unchanged' };
  return { text: lines.with(at + 1, wanted).join(''), change: 'updated' };
}

/** Whether a credentials file has a profile of that name: it would win over what is in the config file. */
export function hasCredentials(text: string, name: string): boolean {
  return findSections(splitLines(text)).some(({ title }) => title === name || title === `profile ${name}`);
}

// Some SDKs take `[name]` without the word, too.
function titlesOf(name: string): string[] {
  return [`profile ${name}`, name];
}

function appended(text: string, profile: Profile): string {
  const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n';
  const header = profile.name === 'default' ? '[default]' : `[profile ${profile.name}]`;
  const lines = [header, marker, settingLine(profile)].map((line) => line + lineBreak).join('');
  if (text === '') return lines;
  const ended = text.endsWith('\n') ? '' : lineBreak;
  const apart = /(?:^|\n)\r?\n$/.test(text) ? '' : lineBreak;
  return ended + apart + lines;
}

function settingLine(profile: Profile): string {
  return `credential_process = ${profile.command}`;
}

function withoutBreak(line: string): string {
  return line.replace(/\r?\n$/, '');
}
