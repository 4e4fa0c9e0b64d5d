/**
 * Why a call did not go out, or its answer was not taken:
 * `URL`: the address is one that Daypass does not call; `REQUEST`: what was to be sent cannot be sent; `NAME`: the name does
 * not resolve; `ADDRESS`: it resolves to where calls may not go; `UNREACHABLE`: nobody took the call; `CERTIFICATE`: whoever
 * did is not who was meant; `REDIRECT`, `ENCODING`, `SIZE`, `ANSWER`: the answer is not taken; `STATUS`: the answer says no;
 * `TIME`: it took too long.
 */
export type EgressReason =
  | 'URL'
  | 'REQUEST'
  | 'NAME'
  | 'ADDRESS'
  | 'UNREACHABLE'
  | 'CERTIFICATE'
  | 'REDIRECT'
  | 'ENCODING'
  | 'SIZE'
  | 'ANSWER'
  | 'STATUS'
  | 'TIME';

/**
 * The one error of the way out. Its message is for operators and says what to do; it names the host at most. Paths, queries,
 * headers and bodies are never in it, and it has no cause: the errors of Node's parser carry bytes of the answer.
 */
export class EgressRefused extends Error {
  override readonly name = 'EgressRefused';
  /** `EGRESS_` and the reason. */
  readonly code: `EGRESS_${EgressReason}`;

  constructor(reason: EgressReason, message: string) {
    super(message);
    this.code = `EGRESS_${reason}`;
  }
}
