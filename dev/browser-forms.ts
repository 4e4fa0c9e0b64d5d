/** A button that submits its form. `text` is what a person reads on it. */
export type FormButton = { name: string; value: string; text: string; action: string | null };

/** A form as it would be sent untouched: `fields` holds the values that the page came with. */
export type PageForm = {
  action: string;
  method: 'get' | 'post';
  fields: [string, string][];
  buttons: FormButton[];
};

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' };

function decode(text: string): string {
  return text.replace(/&(?:#x([\da-f]+)|#(\d+)|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(String(hex), 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[String(name).toLowerCase()] ?? whole;
  });
}

const ATTRIBUTE = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;
const TAG = /<(\/?)([a-z][a-z\d-]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?)*)\s*\/?>/gi;

function attributes(source: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', double, single, bare] of source.matchAll(ATTRIBUTE)) {
    found.set(name.toLowerCase(), decode(double ?? single ?? bare ?? ''));
  }
  return found;
}

function plainText(html: string): string {
  return decode(html.replaceAll(/<[^>]*>/g, ' '))
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function addInput(form: PageForm, input: Map<string, string>): void {
  const type = input.get('type')?.toLowerCase() ?? 'text';
  const name = input.get('name') ?? '';
  const value = input.get('value');
  if (type === 'submit') {
    const action = input.get('formaction') ?? null;
    form.buttons.push({ name, value: value ?? '', text: value ?? 'Submit', action });
  } else if (type === 'checkbox' || type === 'radio') {
    if (input.has('checked')) form.fields.push([name, value ?? 'on']);
  } else if (name !== '' && type !== 'button' && type !== 'reset' && type !== 'image') {
    form.fields.push([name, value ?? '']);
  }
}

function addSelect(form: PageForm, name: string, html: string): void {
  const options = [...html.matchAll(/<option([^>]*)>([^<]*)/gi)].map(([, source = '', label = '']) => {
    const option = attributes(source);
    return { selected: option.has('selected'), value: option.get('value') ?? plainText(label) };
  });
  const chosen = options.find((option) => option.selected) ?? options[0];
  if (name !== '' && chosen) form.fields.push([name, chosen.value]);
}

/**
 * Reads the forms of a page. Made for pages that this repository renders: well-formed HTML, controls inside their form.
 * Script, style and comments are skipped, disabled controls too, as a browser would not send them.
 */
export function parseForms(html: string): PageForm[] {
  const source = html.replaceAll(/<!--.*?-->|<(script|style)\b.*?<\/\1\s*>/gis, '');
  const forms: PageForm[] = [];
  let current: PageForm | undefined;
  for (const match of source.matchAll(TAG)) {
    const [whole, closing, tagName = '', attributeSource = ''] = match;
    const tag = tagName.toLowerCase();
    if (tag === 'form') {
      current = undefined;
      if (closing) continue;
      const form = attributes(attributeSource);
      const method = form.get('method')?.toLowerCase() === 'post' ? 'post' : 'get';
      current = { action: form.get('action') ?? '', method, fields: [], buttons: [] };
      forms.push(current);
      continue;
    }
    if (!current || closing) continue;
    const given = attributes(attributeSource);
    if (given.has('disabled')) continue;
    const name = given.get('name') ?? '';
    const rest = source.slice(match.index + whole.length);
    const inner = rest.slice(0, rest.search(new RegExp(`</${tag}\\s*>`, 'i')));
    if (tag === 'input') addInput(current, given);
    else if (tag === 'select') addSelect(current, name, inner);
    else if (tag === 'textarea' && name !== '')
      current.fields.push([name, decode(inner.replace(/^\r?\n/, ''))]);
    else if (
      tag === 'button' &&
      !['button', 'reset'].includes(given.get('type')?.toLowerCase() ?? 'submit')
    ) {
      const action = given.get('formaction') ?? null;
      current.buttons.push({ name, value: given.get('value') ?? '', text: plainText(inner), action });
    }
  }
  return forms;
}
