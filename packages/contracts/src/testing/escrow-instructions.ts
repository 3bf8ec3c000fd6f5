import { type Address, getAddressEncoder, type Instruction, type KeyPairSigner } from "@solana/kit";
import { findStakeVaultAddress } from "../addresses.ts";
import { FLAG_AUTO_RELEASE } from "../economy.ts";
import {
  type Escrow,
  EscrowDecision,
  getAnchorRootInstructionAsync,
  getAppealInstructionAsync,
  getApprovePaymentInstructionAsync,
  getCancelEscrowInstructionAsync,
  getCancelRunningInstructionAsync,
  getCloseSlotInstructionAsync,
  getCollectLeftoverInstructionAsync,
  getCommitProofInstructionAsync,
  getCompletePaymentInstructionAsync,
  getCreateEscrowInstructionAsync,
  getEscrowDecoder,
  getExecuteDecisionInstructionAsync,
  getExtendEscrowInstructionAsync,
  getOpenDisputeInstruction,
  getRefundEscrowInstructionAsync,
  getReportFaultInstructionAsync,
  getReportOutcomeInstructionAsync,
  getResolveDisputeInstructionAsync,
  getRevealProofInstructionAsync,
  getStartEscrowInstructionAsync,
  getSubmitEvidenceInstruction,
  getTimeoutRefundInstructionAsync,
  NodeFault,
} from "../generated/job-escrow/index.ts";
import { NODE_REGISTRY_PROGRAM_ADDRESS } from "../generated/node-registry/index.ts";
import { jobIdToBytes } from "../job-id.ts";
import { getReportInstruction } from "../report-instruction.ts";
import type { Chain } from "./chain.ts";
import { bytes, CYXWIZ, GENESIS_SECONDS } from "./deployment.ts";
import { commitmentOf, type JobTree } from "./tree.ts";

export const JOB_ID = jobIdToBytes("0b5e3a52-6f6b-4b7e-9c33-5a0f3f1f2c11");
/** The nonce of the first job of slot 0; the next one's is one more. */
export const NONCE = GENESIS_SECONDS;
/** Epochs of a job. */
export const EPOCHS = 5;

/** Who and what there is in a test's deployment. */
export interface Cast {
  readonly chain: Chain;
  readonly admin: KeyPairSigner;
  readonly coordinator: KeyPairSigner;
  readonly arbiter: KeyPairSigner;
  readonly payer: KeyPairSigner;
  readonly node: KeyPairSigner;
  readonly mint: Address;
  readonly treasury: Address;
  readonly insurance: Address;
  readonly payerToken: Address;
  readonly nodeToken: Address;
  readonly nodeAccount: Address;
  readonly platform: Address;
  readonly registry: Address;
  readonly escrow: Address;
  readonly vault: Address;
  /** The tree of a job of five epochs. */
  readonly tree: JobTree;
}

type Given<Build extends (input: never) => unknown> = Partial<Parameters<Build>[0]>;

export interface EscrowInstructions extends Cast {}

/** Builds the instructions of slot 0's first job; what is given instead replaces what they would take. */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the constructor assigns every field of the cast.
export class EscrowInstructions {
  protected constructor(cast: Cast) {
    Object.assign(this, cast);
  }

  /** What almost every instruction on the escrow names. */
  get #job() {
    return { escrow: this.escrow, nonce: NONCE };
  }

  /** What every payment names. */
  get #payment() {
    return { ...this.#job, nodeToken: this.nodeToken, treasury: this.treasury, payerToken: this.payerToken };
  }

  /** What every instruction that calls the registry names. */
  get #registry() {
    const { registry, nodeAccount } = this;
    return { registry, nodeAccount, registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS };
  }

  create(input: Given<typeof getCreateEscrowInstructionAsync> = {}): Promise<Instruction> {
    return getCreateEscrowInstructionAsync({
      payer: this.payer,
      payerToken: this.payerToken,
      node: this.nodeAccount,
      mint: this.mint,
      slot: 0,
      nonce: NONCE,
      jobId: JOB_ID,
      amount: 7n * CYXWIZ,
      termsHash: bytes(7),
      deadline: this.chain.nowSeconds + 3_600n,
      checkpoints: EPOCHS,
      flags: FLAG_AUTO_RELEASE,
      ...input,
    });
  }

  start(input: Given<typeof getStartEscrowInstructionAsync> = {}): Promise<Instruction> {
    return getStartEscrowInstructionAsync({
      ...this.#job,
      ...this.#registry,
      node: this.node,
      ...input,
    });
  }

  anchor(input: Given<typeof getAnchorRootInstructionAsync> = {}): Promise<Instruction> {
    return getAnchorRootInstructionAsync({
      ...this.#job,
      authority: this.coordinator,
      root: bytes(5),
      leafCount: 3,
      ...input,
    });
  }

  /** Commits to `proof`, by default the world's tree. */
  commit(input: Given<typeof getCommitProofInstructionAsync> & { proof?: JobTree } = {}): Promise<Instruction> {
    const { proof = this.tree, ...given } = input;
    const escrow = new Uint8Array(getAddressEncoder().encode(this.escrow));
    return getCommitProofInstructionAsync({
      ...this.#job,
      authority: this.coordinator,
      commitment: commitmentOf(escrow, BigInt(given.nonce ?? NONCE), proof),
      ...given,
    });
  }

  reveal(input: Given<typeof getRevealProofInstructionAsync> = {}): Promise<Instruction> {
    const { root, leafCount, resultHash } = this.tree;
    return getRevealProofInstructionAsync({
      ...this.#job,
      authority: this.coordinator,
      root,
      leafCount,
      resultHash,
      ...input,
    });
  }

  complete(input: Given<typeof getCompletePaymentInstructionAsync> = {}): Promise<Instruction> {
    const { checkpointHash, siblings } = this.tree;
    return getCompletePaymentInstructionAsync({
      ...this.#payment,
      authority: this.coordinator,
      checkpointHash,
      siblings,
      ...input,
    });
  }

  approve(input: Given<typeof getApprovePaymentInstructionAsync> = {}): Promise<Instruction> {
    return getApprovePaymentInstructionAsync({ ...this.#payment, payer: this.payer, ...input });
  }

  cancelRunning(input: Given<typeof getCancelRunningInstructionAsync> = {}): Promise<Instruction> {
    const { treasury: _, ...accounts } = this.#payment;
    return getCancelRunningInstructionAsync({ ...accounts, authority: this.payer, leafCount: 0, ...input });
  }

  cancel(input: Given<typeof getCancelEscrowInstructionAsync> = {}): Promise<Instruction> {
    return getCancelEscrowInstructionAsync({
      ...this.#job,
      payer: this.payer,
      payerToken: this.payerToken,
      ...input,
    });
  }

  refund(input: Given<typeof getRefundEscrowInstructionAsync> = {}): Promise<Instruction> {
    return getRefundEscrowInstructionAsync({
      ...this.#job,
      coordinator: this.coordinator,
      payerToken: this.payerToken,
      fault: NodeFault.None,
      ...input,
    });
  }

  timeout(input: Given<typeof getTimeoutRefundInstructionAsync> = {}): Promise<Instruction> {
    return getTimeoutRefundInstructionAsync({
      ...this.#job,
      caller: this.admin,
      payerToken: this.payerToken,
      ...input,
    });
  }

  extend(input: Given<typeof getExtendEscrowInstructionAsync> = {}): Promise<Instruction> {
    const deadline = this.chain.nowSeconds + 7_200n;
    return getExtendEscrowInstructionAsync({ ...this.#job, payer: this.payer, deadline, ...input });
  }

  async dispute(input: Given<typeof getOpenDisputeInstruction> = {}): Promise<Instruction> {
    return getOpenDisputeInstruction({ ...this.#job, party: this.payer, evidence: bytes(0xe1), ...input });
  }

  async evidence(input: Given<typeof getSubmitEvidenceInstruction> = {}): Promise<Instruction> {
    return getSubmitEvidenceInstruction({ ...this.#job, party: this.node, evidence: bytes(0xe2), ...input });
  }

  resolve(input: Given<typeof getResolveDisputeInstructionAsync> = {}): Promise<Instruction> {
    return getResolveDisputeInstructionAsync({
      ...this.#payment,
      arbiter: this.arbiter,
      decision: EscrowDecision.ForNode,
      ...input,
    });
  }

  appeal(input: Given<typeof getAppealInstructionAsync> = {}): Promise<Instruction> {
    return getAppealInstructionAsync({
      ...this.#job,
      loser: this.payer,
      loserToken: this.payerToken,
      evidence: bytes(0xe3),
      ...input,
    });
  }

  execute(input: Given<typeof getExecuteDecisionInstructionAsync> = {}): Promise<Instruction> {
    return getExecuteDecisionInstructionAsync({ ...this.#payment, caller: this.admin, ...input });
  }

  /** The report that is due for the escrow as it is now. */
  report(): Promise<Instruction> {
    return getReportInstruction(this.escrow, this.read(), { insurance: this.insurance });
  }

  /** `report_outcome`, whatever the escrow says. */
  reportOutcome(input: Given<typeof getReportOutcomeInstructionAsync> = {}): Promise<Instruction> {
    return getReportOutcomeInstructionAsync({ ...this.#job, ...this.#registry, ...input });
  }

  /** `report_fault`, whatever the escrow says. */
  async reportFault(input: Given<typeof getReportFaultInstructionAsync> = {}): Promise<Instruction> {
    return getReportFaultInstructionAsync({
      ...this.#job,
      ...this.#registry,
      stakeVault: await findStakeVaultAddress(this.nodeAccount),
      insurance: this.insurance,
      mint: this.mint,
      payerToken: this.payerToken,
      ...input,
    });
  }

  close(input: Given<typeof getCloseSlotInstructionAsync> = {}): Promise<Instruction> {
    return getCloseSlotInstructionAsync({
      payer: this.payer,
      escrow: this.escrow,
      payerToken: this.payerToken,
      ...input,
    });
  }

  collect(input: Given<typeof getCollectLeftoverInstructionAsync> = {}): Promise<Instruction> {
    return getCollectLeftoverInstructionAsync({
      ...this.#job,
      payer: this.payer,
      payerToken: this.payerToken,
      ...input,
    });
  }

  read(): Escrow {
    return getEscrowDecoder().decode(this.chain.data(this.escrow));
  }
}
