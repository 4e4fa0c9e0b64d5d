/** What a fleet can see of an account. */
export interface AccountFacts {
  /** Its name under accounts. */
  readonly key: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly ou: string | null;
}

/** Which accounts: those for which everything holds that is not null. */
export interface AccountSelector {
  /** Names under accounts; `*` stands for any characters, `?` for one. */
  readonly names: readonly string[] | null;
  /** For each tag key the values one of which the account must carry. */
  readonly tags: ReadonlyMap<string, readonly string[]> | null;
  readonly ou: string | null;
}

/** The accounts that a selector means, in the order they are given. A selector that says nothing means none. */
export function selectAccounts(
  { names, tags, ou }: AccountSelector,
  accounts: readonly AccountFacts[],
): AccountFacts[] {
  if (names === null && tags === null && ou === null) return [];
  return accounts.filter(
    (account) =>
      (names === null || names.some((glob) => nameMatches(glob, account.key))) &&
      (tags === null || [...tags].every(([key, values]) => carries(account, key, values))) &&
      (ou === null || isWithin(account.ou, ou)),
  );
}

/** Is this organizational unit the other one, or below it? */
export function isWithin(ou: string | null, other: string): boolean {
  return ou !== null && (ou === other || ou.startsWith(other === '/' ? '/' : `${other}/`));
}

/** Does the pattern match the whole name? Takes time in proportion to both lengths at most. */
export function nameMatches(glob: string, name: string): boolean {
  let [at, place] = [0, 0];
  let [star, resume] = [-1, 0];
  while (at < name.length) {
    if (glob[place] === '*') {
      star = place++;
      resume = at;
    } else if (place < glob.length && (glob[place] === '?' || glob[place] === name[at])) {
      place++;
      at++;
    } else if (star >= 0) {
      // The last star takes one character more.
      place = star + 1;
      at = ++resume;
    } else return false;
  }
  while (glob[place] === '*') place++;
  return place === glob.length;
}

function carries(account: AccountFacts, key: string, values: readonly string[]): boolean {
  const value = account.tags.get(key);
  return value !== undefined && values.includes(value);
}
