/**
 * What a page of ours may do: show itself with our stylesheet, and send forms to us. Chromium holds every redirect that follows
 * a form to `formAction` as well.
 */
export function contentPolicy(formAction: readonly string[] = []) {
  return {
    defaultSrc: ["'none'"],
    styleSrc: ["'self'"],
    formAction: ["'self'", ...formAction],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  };
}
