import type { Browser, Navigation, Page } from '../browser.ts';
import type { SignInMethod } from './methods.ts';

/**
 * Presses the button of `userKey` and `method` on the identity provider's sign-in page, and goes on from there. Throws if
 * `page` is not that page or has no such button. Give `stopAt` to get the callback's address instead of opening it.
 */
export function signInAtIdp(
  browser: Browser,
  page: Page,
  userKey: string,
  method: SignInMethod,
  navigation: Navigation = {},
): Promise<Page> {
  return browser.submit(page, { button: { name: 'choice', value: `${userKey}/${method}` } }, navigation);
}
