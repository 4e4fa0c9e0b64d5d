import type { Browser, Navigation, Page } from './browser.ts';

/**
 * Presses "Continue" where Daypass asks whether the command on this computer is to be signed in; any other page is handed back
 * as it is. Give `stopAt` to get the address of the waiting command instead of opening it.
 */
export async function confirmClient(
  browser: Browser,
  page: Page,
  navigation: Navigation = {},
): Promise<Page> {
  if (page.stopped || !page.body.includes('action="/oauth/confirm"')) return page;
  return browser.submit(page, { action: '/oauth/confirm', button: 'Continue' }, navigation);
}
