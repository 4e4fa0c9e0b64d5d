import type { Problem } from '../api.ts';
import { printable } from '../display/printable.ts';
import { CliError, type ExitCode, exitCodes } from '../exit.ts';
import type { Answer } from './send.ts';

/** Problem details of an answer (RFC 9457), as far as they are there. */
export function problemOf(answer: Answer): Partial<Problem> {
  const { body } = answer;
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : {};
}

/** An answer of the service that ends a command, with its stable `code` where it has one. */
export class ProblemError extends CliError {
  readonly code: string | undefined;

  constructor(exitCode: ExitCode, message: string, code: string | undefined) {
    super(exitCode, message);
    this.code = code;
  }
}

/** The error that ends a command which was answered so. Faults of the server carry the id that operators can look up. */
export function problemError(answer: Answer): ProblemError {
  const problem = problemOf(answer);
  const detail =
    typeof problem.detail === 'string' ? printable(problem.detail) : `the server answered ${answer.status}`;
  const requestId =
    answer.status >= 500 && typeof problem.requestId === 'string'
      ? ` (request id ${printable(problem.requestId)})`
      : '';
  const code = typeof problem.code === 'string' ? problem.code : undefined;
  return new ProblemError(exitCodeOf(answer.status), `${detail}${requestId}`, code);
}

function exitCodeOf(status: number): ExitCode {
  switch (status) {
    case 400:
    case 413:
      return exitCodes.usage;
    case 401:
      return exitCodes.signInNeeded;
    case 429:
      return exitCodes.unavailable;
    default:
      return status >= 500 ? exitCodes.unavailable : exitCodes.denied;
  }
}
