import type { Socket } from "node:net";
import type { Client } from "@connectrpc/connect";
import type { Chain } from "@cyxwiz/chain";
import type { ProgramAddresses } from "@cyxwiz/contracts";
import type { DisputeService, JobService, ProofService } from "@cyxwiz/protocol";
import type { KeyPairSigner } from "@solana/kit";
import type { JobEvent } from "./events/job-event.ts";
import type { JobRecords } from "./job/job-record.ts";
import type { RunningJob } from "./job/start-job.ts";
import type { KeptNodes } from "./node-session/kept-nodes.ts";

/** What it takes to put tokens into escrow and to take them back. */
export interface EscrowContext
  extends Omit<EngineContext, "central" | "proofs" | "disputes" | "openRelay" | "keptNodes"> {
  readonly signal: AbortSignal;
  readonly emit: (event: JobEvent) => void;
}

/** What all jobs of an Engine share. */
export interface EngineContext {
  readonly central: Client<typeof JobService>;
  /** Central's part in verifying jobs. */
  readonly proofs: Client<typeof ProofService>;
  /** Where disputes are played out. */
  readonly disputes: Client<typeof DisputeService>;
  /** A byte stream through Central to the node of a job. */
  readonly openRelay: (jobId: string, signal: AbortSignal) => Promise<Socket>;
  readonly chain: Chain;
  readonly wallet: KeyPairSigner;
  readonly programs: ProgramAddresses;
  readonly records: JobRecords;
  /** Sessions with nodes that wait for the next job. */
  readonly keptNodes: KeptNodes;
  /** Escrow slots that a job of this process is about to use. */
  readonly slotsTaken: Set<number>;
  /** The clock. */
  readonly nowMs: () => number;
}

/** What the stages of one job share. */
export interface JobContext extends EngineContext, EscrowContext, RunningJob {}
