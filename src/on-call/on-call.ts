/** Who is on call by one schedule at one time. */
export type ScheduleState =
  | {
      readonly kind: 'known';
      /** OIDC subjects, sorted; empty: nobody is on call. */
      readonly people: readonly string[];
      /** When this changes next; null: not as far as is known. */
      readonly until: Date | null;
      /** Entries of the calendar that hold now and that no key of the schedule's `people` names: they are nobody. */
      readonly unmapped: readonly string[];
    }
  /** Not known, so that no rule that asks for it matches. `because` is a plain sentence for whoever reads an explanation. */
  | { readonly kind: 'down'; readonly because: string };

/** By the name of the schedule, every schedule of the catalog in force. */
export type OnCallState = ReadonlyMap<string, ScheduleState>;

/** The on-call port. Answers from memory: it may be asked inside a transaction. */
export interface OnCall {
  /** @param time the time that is decided on: the `now` of the transaction, or when a request is to start */
  at(time: Date): OnCallState;
}
