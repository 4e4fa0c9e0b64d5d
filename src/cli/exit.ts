/** What the exit code of `daypass` says to scripts; documented with the commands. `exec` passes its child's on. */
export const exitCodes = {
  done: 0,
  /** A fault of the command itself. */
  failed: 1,
  usage: 2,
  denied: 3,
  /** A sign-in or a stronger one is needed and nobody is there to do it. */
  signInNeeded: 4,
  pending: 5,
  unavailable: 6,
  configuration: 78,
  /** As shells have it after Ctrl-C (128 + SIGINT). */
  cancelled: 130,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Ends the command with one message on stderr, which says what to do. Never carries a secret. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}
