import type { Instruction } from "@solana/kit";
import { findStakeVaultAddress } from "../../addresses.ts";
import {
  type EscrowState,
  getEscrowDecoder,
  getReportFaultInstructionAsync,
  getReportOutcomeInstructionAsync,
} from "../../generated/job-escrow/index.ts";
import { NODE_REGISTRY_PROGRAM_ADDRESS } from "../../generated/node-registry/index.ts";
import { NONCE, World } from "../../testing/world.ts";
import { rehearse, run, trustSigners, type Verdict } from "./verdict.ts";

/** What replaces the accounts and arguments that an instruction takes by itself. */
export type Overrides = Readonly<Record<string, unknown>>;

/** The instructions that a job can be sent, by their names in the IDL. */
export const JOB_MOVES = [
  "createEscrow",
  "startEscrow",
  "anchorRoot",
  "commitProof",
  "revealProof",
  "completePayment",
  "approvePayment",
  "cancelEscrow",
  "cancelRunning",
  "refundEscrow",
  "timeoutRefund",
  "extendEscrow",
  "openDispute",
  "submitEvidence",
  "resolveDispute",
  "appeal",
  "executeDecision",
  "reportOutcome",
  "reportFault",
  "closeSlot",
  "collectLeftover",
] as const;
export type JobMove = (typeof JOB_MOVES)[number];

/** A state of an escrow, by its name. */
export type StateName = keyof typeof EscrowState;
/** Those that instructions lead to. */
export const REACHABLE = [
  ...(["Created", "Running", "Committed", "Proven", "Disputed", "Resolved", "Appealed", "Settled"] as const),
] satisfies readonly StateName[];
export type Reachable = (typeof REACHABLE)[number];

/** One job in slot 0 of a world's payer. Whoever an instruction names as a signer counts as one. */
export class Job {
  readonly world: World;
  readonly nonce: bigint;

  constructor(world: World, nonce: bigint = NONCE) {
    this.world = world;
    this.nonce = nonce;
  }

  /** A job in a world of its own, led to `state` by its instructions. */
  static async at(state: Reachable): Promise<Job> {
    const world = await World.open();
    await world.reach(state.toLowerCase() as Lowercase<Reachable>);
    trustSigners(world.chain);
    return new Job(world);
  }

  /** The instruction as it would be valid in the state that it is for, but for what is given. */
  async build(move: JobMove, overrides: Overrides = {}): Promise<Instruction> {
    const { world } = this;
    const given = { nonce: this.nonce, ...overrides };
    switch (move) {
      case "createEscrow":
        return world.create(given);
      case "startEscrow":
        return world.start(given);
      case "anchorRoot":
        return world.anchor(given);
      case "commitProof":
        return world.commit(given);
      case "revealProof":
        return world.reveal(given);
      case "completePayment":
        return world.complete(given);
      case "approvePayment":
        return world.approve(given);
      case "cancelEscrow":
        return world.cancel(given);
      case "cancelRunning":
        return world.cancelRunning(given);
      case "refundEscrow":
        return world.refund(given);
      case "timeoutRefund":
        return world.timeout(given);
      case "extendEscrow":
        return world.extend(given);
      case "openDispute":
        return world.dispute(given);
      case "submitEvidence":
        return world.evidence(given);
      case "resolveDispute":
        return world.resolve(given);
      case "appeal":
        return world.appeal(given);
      case "executeDecision":
        return world.execute(given);
      case "reportOutcome":
        return getReportOutcomeInstructionAsync({ ...(await this.#reported()), ...given });
      case "reportFault":
        return getReportFaultInstructionAsync({ ...(await this.#reported()), ...given });
      case "closeSlot":
        return world.close(overrides);
      case "collectLeftover":
        return world.collect(given);
    }
  }

  /** How the instruction would go now. */
  async rehearse(move: JobMove, overrides: Overrides = {}): Promise<Verdict> {
    return rehearse(this.world.chain, this.world.admin.address, await this.build(move, overrides));
  }

  /** Sends the instruction, in a slot of its own. */
  async send(move: JobMove, overrides: Overrides = {}): Promise<Verdict> {
    this.world.chain.nextSlot();
    return run(this.world.chain, this.world.admin.address, await this.build(move, overrides));
  }

  /** Sends instructions that have to succeed. */
  async must(...moves: readonly (JobMove | readonly [JobMove, Overrides])[]): Promise<void> {
    for (const one of moves) {
      const [move, overrides] = typeof one === "string" ? [one, {}] : one;
      const verdict = await this.send(move, overrides);
      if (verdict !== "ok") throw new Error(`${move}: ${verdict}`);
    }
  }

  later(seconds: bigint): void {
    this.world.chain.nowSeconds += seconds;
  }

  get escrow() {
    return getEscrowDecoder().decode(this.world.chain.data(this.world.escrow));
  }

  async #reported() {
    const { escrow, nodeAccount, registry, insurance, mint, payerToken } = this.world;
    return {
      ...{ escrow, nodeAccount, registry, insurance, mint, payerToken },
      registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
      stakeVault: await findStakeVaultAddress(nodeAccount),
    };
  }
}
