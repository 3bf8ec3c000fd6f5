import { getReportOutcomeInstruction, NODE_REGISTRY_PROGRAM_ADDRESS } from "@cyxwiz/contracts";
import { CYXWIZ, commitmentOf, type JobTree, type World } from "@cyxwiz/contracts/testing";
import { getAddressEncoder, type Instruction } from "@solana/kit";
import type { Parties } from "./parties.ts";

/** The instructions of one job, for whoever sends them in whatever transactions. */
export interface JobInstructions {
  readonly parties: Parties;
  create(): Promise<Instruction>;
  start(): Promise<Instruction>;
  /** The root over the first `leafCount` checkpoints. */
  anchor(leafCount: number): Promise<Instruction>;
  commit(): Promise<Instruction>;
  reveal(): Promise<Instruction>;
  complete(): Promise<Instruction>;
  report(): Promise<Instruction>;
  close(): Promise<Instruction>;
}

/** A job of these parties with the tree's epochs; `nonce` is the slot's. */
export function jobInstructions(world: World, parties: Parties, tree: JobTree, nonce: bigint): JobInstructions {
  const { payer, payerToken, node, nodeToken, nodeAccount, escrow, vault } = parties;
  const job = { escrow, nonce };
  return {
    parties,
    create: () =>
      world.create({
        payer,
        payerToken,
        node: nodeAccount,
        escrow,
        vault,
        nonce,
        amount: 7n * CYXWIZ,
        checkpoints: tree.leafCount - 1,
      }),
    start: () => world.start({ ...job, node, nodeAccount }),
    anchor: (leafCount) => world.anchor({ ...job, leafCount }),
    commit: () =>
      world.commit({
        ...job,
        commitment: commitmentOf(new Uint8Array(getAddressEncoder().encode(escrow)), nonce, tree),
      }),
    reveal: () => world.reveal({ ...job, root: tree.root, leafCount: tree.leafCount, resultHash: tree.resultHash }),
    complete: () =>
      world.complete({
        ...job,
        vault,
        nodeToken,
        payerToken,
        checkpointHash: tree.checkpointHash,
        siblings: tree.siblings,
      }),
    report: async () =>
      getReportOutcomeInstruction({
        ...job,
        platform: world.platform,
        registry: world.registry,
        nodeAccount,
        registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
      }),
    close: () => world.close({ payer, escrow, vault, payerToken }),
  };
}
