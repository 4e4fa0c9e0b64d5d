import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executable = '/usr/bin/chromium';

/** Starts Debian's Chromium, without the services that call home. Throws an error that says what to install where it is missing. */
export async function launchChromium(executablePath = executable): Promise<Browser> {
  try {
    accessSync(executablePath, constants.X_OK);
  } catch {
    throw new Error(
      `The browser tests need Chromium at ${executablePath}: install it with \`apt-get install chromium\` (Debian).`,
    );
  }
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
