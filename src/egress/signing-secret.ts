// Standard Webhooks 1.0.0, "Symmetric": 24 to 64 random bytes in base64, after `whsec_`.
const prefix = 'whsec_';
const fewestBytes = 24;
const mostBytes = 64;

/** The secrets in the text of a setting: one, or while it is being changed two, separated by a comma. */
export function signingSecrets(text: string): string[] {
  return text.split(',').map((part) => part.trim());
}

/** What is wrong with a secret that webhooks are signed with, without repeating it, or null. */
export function againstSigningSecret(text: string): string | null {
  const isGood = signingSecrets(text).every((secret) => {
    const key = secret.slice(prefix.length);
    const { length } = Buffer.from(key, 'base64');
    return (
      secret.startsWith(prefix) &&
      /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(key) &&
      length >= fewestBytes &&
      length <= mostBytes
    );
  });
  return isGood
    ? null
    : `must be ${prefix} and ${fewestBytes} to ${mostBytes} random bytes in base64: make them with \`openssl rand -base64 32\``;
}
