/**
 * What a Daypass that is started here takes over from this process, and nothing else: where programs are, and where Node.js
 * keeps what it has compiled, so that a process does not compile what another one has (`NODE_COMPILE_CACHE`, when it is set).
 */
export function childEnvironment(): { PATH: string; NODE_COMPILE_CACHE?: string } {
  const { PATH = '', NODE_COMPILE_CACHE } = process.env;
  return NODE_COMPILE_CACHE === undefined ? { PATH } : { PATH, NODE_COMPILE_CACHE };
}
