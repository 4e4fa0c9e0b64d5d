/** How bad it is. `unknown`: it could not be looked at. */
export type Level = 'ok' | 'info' | 'unknown' | 'warning' | 'error';

/** Something that `doctor` saw from this machine. */
export interface LocalFinding {
  readonly check: 'command' | 'server' | 'contract' | 'clock' | 'ready' | 'sign-in' | 'aws';
  readonly level: Level;
  /** What was seen, and what to do. */
  readonly message: string;
}
