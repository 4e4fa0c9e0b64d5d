/** Everything a condition may know, about one request for one entitlement, and nothing else. */
export interface Facts {
  readonly requester: {
    readonly id: string;
    /** The `sub` of the identity provider. */
    readonly subject: string;
    readonly groups: readonly string[];
    /** From outside the organisation. */
    readonly outside: boolean;
  };
  readonly entitlement: {
    readonly id: string;
    readonly account: {
      readonly id: string;
      readonly name: string;
      readonly tags: Readonly<Record<string, string>>;
      readonly ou: string;
    };
    readonly target: 'role' | 'permission-set';
    /** Name of the narrower form that was picked; '' for none. */
    readonly choice: string;
  };
  /** Whole seconds. */
  readonly durationSeconds: number;
  readonly reason: string;
  /** '' for none. */
  readonly ticket: string;
  readonly breakGlass: boolean;
  /** When the decision is made. */
  readonly now: Date;
  /** When the grant would start. */
  readonly startsAt: Date;
  readonly assurance: {
    readonly level: string;
    /** Whole seconds since it was proven. */
    readonly ageSeconds: number;
  };
  /** IP address that the request came from; '' when not known: whatever needs it then has no answer. */
  readonly address: string;
  /** By name of a schedule: is the requester on call now? A schedule whose source cannot be read is not in it. */
  readonly onCall: Readonly<Record<string, boolean>>;
}
