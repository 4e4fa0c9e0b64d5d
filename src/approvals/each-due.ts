const batch = 200;

/**
 * Does what is due, in batches by id. One that fails holds up no other.
 * @param next the ids that are due, in order, from after the one that is named on, and at most so many
 * @param act returns whether anything came of it
 * @returns with how many something came of it
 * @throws AggregateError, after the rest is done, with what went wrong; `failed` says what that means
 */
export async function eachDue(
  next: (after: string, most: number) => Promise<readonly { readonly id: string }[]>,
  act: (id: string) => Promise<boolean>,
  failed: string,
): Promise<number> {
  const errors: unknown[] = [];
  let done = 0;
  for (let after = ''; ; ) {
    const rows = await next(after, batch);
    for (const { id } of rows) {
      try {
        if (await act(id)) done += 1;
      } catch (error) {
        errors.push(error);
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < batch) break;
    after = last.id;
  }
  if (errors.length > 0) throw new AggregateError(errors, `${errors.length} ${failed}`);
  return done;
}
