import { cancellationShares, type Escrow, EscrowState } from "@cyxwiz/contracts";

/** What ending a job now does with its tokens. */
export interface Cancellation {
  /** Whether the node keeps a part. */
  readonly kind: "all" | "part";
  /** Base units. */
  readonly toPayer: bigint;
  /** Base units. */
  readonly toNode: bigint;
}

/** A job that runs is paid for up to its last checkpoint on chain, with a fee on the rest; any other not at all. */
export function cancellation(escrow: Escrow, nowSeconds: bigint): Cancellation {
  const isShared = escrow.state === EscrowState.Running && nowSeconds < escrow.deadline && escrow.checkpoints > 0;
  if (!isShared) return { kind: "all", toPayer: escrow.amount, toNode: 0n };
  const { payer, node } = cancellationShares(escrow.amount, escrow);
  return { kind: "part", toPayer: payer, toNode: node };
}
