import type { AsyncEntry } from '@napi-rs/keyring';

// The keychain of the operating system. On Linux the Secret Service only: what the kernel's keyring holds is gone with the
// login session, and other sessions of the same person do not see it.
const service = 'daypass';
// Long enough to unlock a keychain by hand.
const patienceMs = 30_000;

/** The token for a server; null when there is none, or no keychain that works. */
export async function readKeychain(url: string): Promise<string | null> {
  return attempt(null, url, async (entry, signal) => (await entry.getPassword(signal)) ?? null);
}

/** Returns whether it is kept now. */
export async function writeKeychain(url: string, token: string): Promise<boolean> {
  return attempt(false, url, async (entry, signal) => {
    await entry.setPassword(token, signal);
    return (await entry.getPassword(signal)) === token;
  });
}

/** Returns whether there was one. */
export async function forgetKeychain(url: string): Promise<boolean> {
  return attempt(false, url, (entry, signal) => entry.deleteCredential(signal));
}

async function attempt<T>(
  otherwise: T,
  url: string,
  run: (entry: AsyncEntry, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    const keyring = await import('@napi-rs/keyring');
    const entry = new keyring.AsyncEntry(service, url, { linux: { store: 'secret-service' } });
    return await run(entry, AbortSignal.timeout(patienceMs));
  } catch {
    // No native part for this machine, no keychain, locked and nobody to unlock it: the file is there for that.
    return otherwise;
  }
}
