/** A ticket, and what it is to be good for. */
export interface TicketAsk {
  readonly ticket: string;
  /** Whose access it is, by the subject that the identity provider knows them by. */
  readonly requester: { readonly subject: string };
  /** Who asks for them, where that is somebody else. */
  readonly askedBy?: { readonly subject: string };
  readonly entitlements: readonly string[];
  readonly durationSeconds: number;
  readonly reason: string;
}

/** `because` is one sentence for the person who asks. Unknown: nobody could say; that is never taken for valid. */
export type TicketAnswer =
  | { readonly valid: true }
  | { readonly valid: false; readonly because: string }
  | { readonly unknown: true; readonly because: string };

/**
 * Says whether a ticket is good for a request. Never rejects. It calls out, so it is asked between transactions, and may be asked
 * twice.
 */
export interface TicketValidator {
  validate(ask: TicketAsk): Promise<TicketAnswer>;
}
