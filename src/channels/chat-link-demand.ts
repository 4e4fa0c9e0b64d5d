/**
 * What must be proven before a chat account can begin to stand for somebody, or an operator ends that: two factors, within
 * 900 seconds. A chat link outlives the sign-in that made it, so a token alone, borrowed for a moment, must not be enough.
 */
export const chatLinkDemand = { level: 'multi-factor', maxAgeSeconds: 900 } as const;
