/** What happens while a job is disputed. */
export type DisputeEvent =
  /** An epoch was trained again; whether it gave what the node has published of it. */
  | { readonly type: "trained"; readonly epoch: number; readonly isSame: boolean }
  /** The first move was made: the chains differ at `position`. */
  | {
      readonly type: "opened";
      readonly position: number;
      /** What stands for the opening on chain. */
      readonly evidence: Uint8Array;
      /** Of the transaction that has opened the dispute; missing where it was open. */
      readonly signature?: string;
    }
  /** The node has shown a position, and was told whether its own chain agrees there. */
  | { readonly type: "round"; readonly round: number; readonly position: number; readonly agrees: boolean }
  /** The referee trains this one again. */
  | { readonly type: "parted"; readonly epoch: number };

/** How a dispute has ended. */
export type DisputeResult =
  /** The node has trained what was agreed; there was nothing to dispute. */
  | { readonly kind: "nothing differs" }
  | {
      readonly kind: "decided";
      readonly won: boolean;
      /** See `DISPUTE_REASONS` of `@cyxwiz/proof`. */
      readonly reason: string;
      readonly epoch: number;
      readonly transcript: Uint8Array;
      /** Whose signature the verdict has. */
      readonly signer: string;
    };
