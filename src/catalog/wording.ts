/** `a`, `a or b`, `a, b or c`; of long lists the first ten. */
export function formatList(items: readonly string[], word = 'or'): string {
  const shown = items.length > 10 ? [...items.slice(0, 10), '…'] : [...items];
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} ${word} ${last}`;
}
