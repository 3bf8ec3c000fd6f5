import type { Socket } from "node:net";
import type { Client } from "@connectrpc/connect";
import type { Chain } from "@cyxwiz/chain";
import type { ProgramAddresses } from "@cyxwiz/contracts";
import type { ProofService } from "@cyxwiz/protocol";

/** Central's part in verifying jobs, whoever carries the calls there. */
export type ProofCalls = Pick<Client<typeof ProofService>, "getCommitments" | "listLinks" | "getAuditToken">;

/** What it takes to verify a job. */
export interface VerifyContext {
  readonly proofs: ProofCalls;
  /** A byte stream through Central to the node of a job. */
  readonly openRelay: (jobId: string, signal: AbortSignal) => Promise<Socket>;
  readonly chain: Pick<Chain, "rpc">;
  readonly programs: ProgramAddresses;
  /** The clock. */
  readonly nowMs: () => number;
}
