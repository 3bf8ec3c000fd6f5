import { type Escrow, EscrowState } from "./generated/job-escrow/index.ts";

/** From when on anybody may send an escrow back, in Unix seconds of the chain; `undefined` while only others can end it. */
export function returnableFrom(
  escrow: Pick<Escrow, "state" | "deadline" | "anchoredAt" | "challengeWindowSeconds" | "decisionUntil">,
): bigint | undefined {
  const { state, deadline, anchoredAt, challengeWindowSeconds: window, decisionUntil } = escrow;
  if (state === EscrowState.Created || state === EscrowState.Running) return deadline;
  if (state === EscrowState.Committed) return deadline + window;
  if (state === EscrowState.Disputed) return decisionUntil;
  if (state !== EscrowState.Proven) return undefined;
  const proven = anchoredAt + window;
  return (deadline > proven ? deadline : proven) + window;
}
