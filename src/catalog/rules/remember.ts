/**
 * A function of a text that is worked out once for each text.
 * @param limit how many answers are kept; past it the oldest is forgotten
 */
export function remember<T>(limit: number, work: (text: string) => T): (text: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found.answer;
    const answer = work(text);
    if (known.size >= limit) {
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    }
    known.set(text, { answer });
    return answer;
  };
}
