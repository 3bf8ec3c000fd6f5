import type { JobConfig } from "@cyxwiz/protocol";
import { specOfJob } from "@cyxwiz/training";
import type { EscrowOnChain, NodeChain, RegistrationOnChain } from "../chain/node-chain.ts";
import { termsOf } from "../jobs/check-job.ts";
import { jobIdBytes } from "../jobs/job-id.ts";

export const MINT = "Mint111111111111111111111111111111111111111";
export const PAYER = "Payer11111111111111111111111111111111111111";

// A job that can't be trained has none that count.
function checkpointsOf(config: JobConfig): number {
  try {
    return specOfJob(config).training.epochs;
  } catch {
    return 0;
  }
}

/** A chain in memory for tests of what the node does with what it reads there. */
export class ChainPeer implements NodeChain {
  readonly escrows = new Map<string, EscrowOnChain>();
  readonly started: string[] = [];
  readonly sent: string[] = [];
  registration: RegistrationOnChain | undefined;
  tokens = 1000n;
  /** Awaited before a start is confirmed. */
  beforeStart: () => Promise<void> = async () => {};

  /** An escrow that fits a job, but for what is overridden. */
  lock(node: string, config: JobConfig, overrides: Partial<EscrowOnChain> = {}): string {
    const address = `escrow-of-${config.jobId}`;
    this.escrows.set(address, {
      locked: true,
      started: false,
      state: "Created",
      jobId: jobIdBytes(config.jobId),
      payer: PAYER,
      node,
      mint: MINT,
      amount: 500n,
      termsHash: termsOf(config, config.jobId),
      checkpoints: checkpointsOf(config),
      deadlineSeconds: 99_999_999_999n,
      nonce: 1n,
      ...overrides,
    });
    return address;
  }

  get forVerifying(): NodeChain["forVerifying"] {
    throw new Error("there is nothing on this chain that could be verified");
  }

  async readEscrow(address: string) {
    return this.escrows.get(address);
  }
  async startJob(escrow: string) {
    await this.beforeStart();
    this.started.push(escrow);
    return "start";
  }
  async readMint() {
    return MINT;
  }
  async readRegistration() {
    return this.registration;
  }
  async register(fingerprint: Uint8Array, capabilitiesHash: Uint8Array) {
    this.sent.push("register");
    this.registration = { status: "Active", active: true, fingerprint, capabilitiesHash, staked: 0n };
    return "register";
  }
  async update(fingerprint: Uint8Array, capabilitiesHash: Uint8Array) {
    this.sent.push("update");
    if (this.registration) this.registration = { ...this.registration, fingerprint, capabilitiesHash };
    return "update";
  }
  async readTokens() {
    return this.tokens;
  }
  async stake(amount: bigint) {
    this.sent.push(`stake ${amount}`);
    if (this.registration) this.registration = { ...this.registration, staked: this.registration.staked + amount };
    return "stake";
  }
  close(): void {}
}
