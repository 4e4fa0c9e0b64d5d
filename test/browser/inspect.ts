import type { Page } from 'playwright-core';

// Run in the page: text, because the types of a browser are not those of Node.

const contrastScript = `(() => {
  const parse = (colour) => {
    const [r, g, b, a = 1] = (colour.match(/[\\d.]+/g) ?? []).map(Number);
    return { r, g, b, a };
  };
  const channel = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ({ r, g, b }) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (element) => {
    for (let each = element; each !== null; each = each.parentElement) {
      const colour = parse(getComputedStyle(each).backgroundColor);
      if (colour.a === 1) return colour;
    }
    return { r: 255, g: 255, b: 255 };
  };
  const shown = [...document.body.querySelectorAll('*')].filter(
    (element) =>
      element.checkVisibility() &&
      (/^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) ||
        [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')),
  );
  return shown.flatMap((element) => {
    const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(ground(element))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    return ratio >= 4.5 ? [] : [element.outerHTML.slice(0, 80) + ' has ' + ratio.toFixed(2)];
  });
})()`;

const basicsScript = `(() => {
  const faults = [];
  if (document.documentElement.lang !== 'en') faults.push('no language');
  if (document.title.trim() === '') faults.push('no title');
  const firsts = document.querySelectorAll('h1').length;
  if (firsts !== 1) faults.push(firsts + ' h1');
  if (document.querySelectorAll('main').length !== 1) faults.push('not one main');
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (field.labels.length === 0) faults.push('no label: ' + field.outerHTML.slice(0, 80));
  for (const control of document.querySelectorAll('button, a[href], summary'))
    if ((control.getAttribute('aria-label') ?? control.textContent).trim() === '') faults.push('no name: ' + control.outerHTML);
  for (const field of document.querySelectorAll('[aria-describedby]'))
    if (document.getElementById(field.getAttribute('aria-describedby')) === null) faults.push('described by nothing: ' + field.id);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size !== ids.length) faults.push('an id twice');
  let level = 1;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
    const own = Number(heading.tagName[1]);
    if (own > level + 1) faults.push('a heading skips a level: ' + heading.textContent);
    level = own;
  }
  return faults;
})()`;

/** Texts whose contrast with what is behind them is below 4.5 to 1 (WCAG 2.2, 1.4.3); none is well. */
export function lowContrast(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(contrastScript);
}

/** Faults against the basics: language, title, one first heading in order, labels and names. */
export function accessibilityFaults(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(basicsScript);
}

/** By how many pixels the page is wider than the window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What has the focus, as its text, label or name. */
export function focused(page: Page): Promise<string> {
  return page.evaluate<string>(
    `(() => {
      const at = document.activeElement;
      return (at.labels?.[0]?.textContent ?? at.getAttribute('aria-label') ?? at.textContent).trim();
    })()`,
  );
}
