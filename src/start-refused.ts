/** Something in the surroundings (database role, AWS identity, catalog) is such that Daypass must not run. */
export class StartRefused extends Error {
  override readonly name = 'StartRefused';
}
