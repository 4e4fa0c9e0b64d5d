import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { SignInMethod } from '../../dev/idp/methods.ts';

/** How long to look for what comes after a page has been answered, in milliseconds. */
export const patience = { timeout: 10_000 };

/** Somebody at a browser of their own. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained of: violations of the Content-Security-Policy, errors in the console, requests that failed. */
  readonly complaints: readonly string[];
  /** Answers with status 4xx or 5xx to whole pages, as `401 POST /path`. */
  readonly refusals: readonly string[];
  /** Opens a page of Daypass; signs in on the way when asked to. */
  open(path: string): Promise<void>;
  choose(user: string, method: SignInMethod): Promise<void>;
}

/** Gives somebody a fresh browser profile whose complaints are kept. */
export async function visitor(browser: Browser, url: string): Promise<Visitor> {
  const context = await browser.newContext({ viewport: { width: 800, height: 900 } });
  context.setDefaultTimeout(8_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  const refusals: string[] = [];
  const refusedPages = new Set<string>();
  page.on('response', (response) => {
    if (response.status() < 400 || !response.request().isNavigationRequest()) return;
    refusedPages.add(response.url());
    const { pathname } = new URL(response.url());
    refusals.push(`${response.status()} ${response.request().method()} ${pathname}`);
  });
  page.on('console', (message) => {
    if (message.type() !== 'error' && message.type() !== 'warning') return;
    // Chromium writes a line for every page with such a status; those are in `refusals`.
    const ofPage = message.text().startsWith('Failed to load') && refusedPages.has(message.location().url);
    if (!ofPage) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('requestfailed', (request) => {
    // A second press gives the first one's call up: nothing to complain of.
    if (request.isNavigationRequest() && request.failure()?.errorText === 'net::ERR_ABORTED') return;
    complaints.push(`${request.url()}: ${request.failure()?.errorText ?? 'failed'}`);
  });
  return {
    context,
    page,
    complaints,
    refusals,
    open: async (path) => {
      await page.goto(`${url}${path}`);
    },
    choose: (user, method) => page.click(`button[value="${user}/${method}"]`),
  };
}

/** Fills in the form to ask and sends it; returns the path of the new request. */
export async function askFor(
  who: Visitor,
  entitlement: string,
  reason: string,
  duration = '15m',
): Promise<string> {
  const { page } = who;
  await who.open('/requests/new');
  await page.getByLabel('What', { exact: true }).selectOption(entitlement);
  await page.getByLabel('For how long').fill(duration);
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await page.waitForURL(/\/requests\/req_/);
  return new URL(page.url()).pathname;
}

/** The state that a request's page shows. */
export async function stateOf({ page }: Visitor): Promise<string | null> {
  return page.locator('main > p > .state').textContent();
}
