import { CliError, exitCodes } from '../exit.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { problemError, problemOf } from './problem.ts';
import { type Answer, type Call, send } from './send.ts';

/** How a person proves more. */
export interface StepUp {
  /** Signs in again and returns the new token. */
  signInAgain(challenge: Challenge, oldToken: string): Promise<string>;
  /** Asks for a one-time code until one is right; `verify` says whether it was. */
  enterCode(verify: (code: string) => Promise<boolean>): Promise<void>;
}

export interface ClientDeps {
  readonly url: string;
  /** The stored token; null when there is none. */
  token(): Promise<string | null>;
  /** Null when nobody is there to step up, or the token was given from outside. */
  readonly stepUp: StepUp | null;
  /** The whole sentence for somebody who must step up elsewhere. */
  stepUpAdvice(challenge: Challenge, totp: boolean): string;
  readonly signInAdvice: string;
}

/**
 * Calls the REST API as the signed-in person. A step-up challenge (RFC 9470) is met by signing in again, then if need be by a
 * one-time code, and the call repeated; without a person it ends the command with 4 and one line that says what to run.
 */
export class Client {
  readonly #deps: ClientDeps;
  #token: string | null = null;

  constructor(deps: ClientDeps) {
    this.#deps = deps;
  }

  /** The token of the last call; null before. Only to tell one sign-in from another. */
  get token(): string | null {
    return this.#token;
  }

  /** Returns the answer's JSON. Throws CliError with the exit code that fits. */
  async call<T>(call: Call): Promise<T> {
    let answer = await this.#sendSignedIn(call);
    let challenge = challengeOf(answer);
    if (challenge !== null) {
      const totp = problemOf(answer).totp === true;
      const stepUp = this.#deps.stepUp;
      if (stepUp === null) {
        throw new CliError(exitCodes.signInNeeded, this.#deps.stepUpAdvice(challenge, totp));
      }
      this.#token = await stepUp.signInAgain(challenge, this.#token ?? '');
      answer = await this.#send(call);
      challenge = challengeOf(answer);
      if (challenge !== null && problemOf(answer).totp === true) {
        await stepUp.enterCode((code) => this.#verify(code));
        answer = await this.#send(call);
      }
    }
    if (answer.status >= 400) throw problemError(answer);
    return answer.body as T;
  }

  async #sendSignedIn(call: Call): Promise<Answer> {
    this.#token ??= await this.#deps.token();
    if (this.#token === null) throw this.#notSignedIn();
    const answer = await this.#send(call);
    if (answer.status !== 401 || challengeOf(answer) !== null) return answer;
    // Another `daypass` of the same person may have signed in meanwhile, which ends the token before.
    const newer = await this.#deps.token();
    if (newer === null || newer === this.#token) throw this.#notSignedIn();
    this.#token = newer;
    const again = await this.#send(call);
    if (again.status === 401 && challengeOf(again) === null) throw this.#notSignedIn();
    return again;
  }

  async #verify(code: string): Promise<boolean> {
    const answer = await this.#send({ method: 'POST', path: '/v1/factors/totp/verify', body: { code } });
    if (answer.status < 300) return true;
    if (answer.status === 400 || answer.status === 422) return false;
    throw problemError(answer);
  }

  #send(call: Call): Promise<Answer> {
    return send(this.#deps.url, call, this.#token);
  }

  #notSignedIn(): CliError {
    return new CliError(exitCodes.signInNeeded, this.#deps.signInAdvice);
  }
}

function challengeOf(answer: Answer): Challenge | null {
  return answer.status === 401 ? parseChallenge(answer.challenge) : null;
}
