import { type Escrow, EscrowState, NodeFault } from "@cyxwiz/contracts";
import { ERRORS } from "@cyxwiz/errors";
import type { Job } from "../database/schema/index.ts";

/** What a refund says of the node: an escrow's fault is what the registry slashes for. */
export function faultOf(job: Job, escrow: Escrow): NodeFault {
  // Who has not started has promised nothing.
  if (escrow.state === EscrowState.Created || job.failure === null) return NodeFault.None;
  const { code } = job.failure;
  if (code === ERRORS.PROOF_INVALID.number) {
    const handedIn = escrow.state === EscrowState.Committed || escrow.state === EscrowState.Proven;
    return handedIn ? NodeFault.InvalidProof : NodeFault.Failed;
  }
  // Its work was found good: that it was not paid for has other reasons.
  if (job.checkpointMerkleRoot !== null) return NodeFault.None;
  // A node that was told to stop has not failed.
  return code === ERRORS.JOB_STOPPED.number ? NodeFault.None : NodeFault.Failed;
}
