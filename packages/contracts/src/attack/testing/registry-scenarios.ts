import { createNoopSigner, type Instruction } from "@solana/kit";
import { DEFAULT_REGISTRY_PARAMETERS } from "../../economy.ts";
import { JOB_ESCROW_PROGRAM_ADDRESS } from "../../generated/job-escrow/index.ts";
import {
  findRewardsVaultPda,
  getAcceptRegistryAdminInstructionAsync,
  getCancelWithdrawalInstructionAsync,
  getClaimRewardsInstructionAsync,
  getFinishWithdrawalInstructionAsync,
  getJobEndedInstructionAsync,
  getJobStartedInstructionAsync,
  getOpenRewardsInstructionAsync,
  getProposeRegistryAdminInstructionAsync,
  getReinstateInstruction,
  getRequestWithdrawalInstructionAsync,
  getSetRegistryAuthoritiesInstructionAsync,
  getSetRegistryPausedInstructionAsync,
  getSlashForJobInstructionAsync,
  getSlashInstructionAsync,
  getSyncTierInstructionAsync,
  getUpdateNodeInstructionAsync,
  getUpdateRegistryInstructionAsync,
  NODE_REGISTRY_PROGRAM_ADDRESS,
  SlashReason,
} from "../../generated/node-registry/index.ts";
import { REPUTATION_MANAGER_PROGRAM_ADDRESS } from "../../generated/reputation-manager/index.ts";
import { Reputation } from "../../testing/reputation.ts";
import {
  bytes,
  CYXWIZ,
  createMint,
  emptyChain,
  initializeRegistry,
  mintTo,
  register,
  stake,
  World,
} from "../../testing/world.ts";
import { upgradeableBy } from "./deployer.ts";
import type { ScenarioBuilder, Scenarios } from "./scenario.ts";
import { scenarioOf } from "./scenario-of.ts";
import { run, trustSigners } from "./verdict.ts";

const DAY_SECONDS = 86_400n;

/** What a world's node can be sent, by its instructions' names in the IDL. */
export type NodeMove = keyof Awaited<ReturnType<typeof nodeInstructions>>;

/** Every instruction about a world's node; valid in the status and at the time that it is for. */
export async function nodeInstructions(world: World) {
  const { node: wallet, nodeAccount: node, nodeToken: walletToken, mint, insurance, payerToken } = world;
  // Only the escrow program can sign for its platform account; tests that trust signers can as well.
  const authority = createNoopSigner(world.platform);
  const arbiter = world.arbiter;
  const slashed = { node, insurance, mint, payerToken };
  const job = { escrow: world.escrow, nonce: 1n, evidence: bytes(31) };
  return {
    stake: () => stake({ node: wallet, nodeToken: walletToken, amount: CYXWIZ }),
    updateNode: () =>
      getUpdateNodeInstructionAsync({
        wallet,
        identity: wallet.address,
        fingerprint: bytes(11),
        capabilitiesHash: bytes(12),
      }),
    jobStarted: () => getJobStartedInstructionAsync({ authority, node }),
    jobEnded: () => getJobEndedInstructionAsync({ authority, node }),
    slashForJob: (reason: SlashReason = SlashReason.Failed) =>
      getSlashForJobInstructionAsync({ ...slashed, ...job, authority, reason }),
    slash: (reason: SlashReason = SlashReason.Failed) =>
      getSlashInstructionAsync({ ...slashed, arbiter, reason, evidence: bytes(32 + reason) }),
    requestWithdrawal: (amount: bigint = CYXWIZ) => getRequestWithdrawalInstructionAsync({ wallet, amount }),
    finishWithdrawal: () => getFinishWithdrawalInstructionAsync({ wallet, walletToken }),
    cancelWithdrawal: () => getCancelWithdrawalInstructionAsync({ wallet }),
    reinstate: async () => getReinstateInstruction({ node }),
    claimRewards: () => getClaimRewardsInstructionAsync({ wallet, walletToken }),
  };
}

/** A world with trusting signers, and enough tokens for the node to stake more. */
export async function nodeWorld(): Promise<World> {
  const world = await World.open();
  await world.chain.mustSend(world.admin, mintTo(world.mint, world.nodeToken, world.admin, 10n * CYXWIZ));
  trustSigners(world.chain);
  return world;
}

/** Sends instructions that have to succeed. */
export function mustRun({ chain, admin }: World, ...instructions: Instruction[]): void {
  for (const [at, instruction] of instructions.entries()) {
    const verdict = run(chain, admin.address, instruction);
    if (verdict !== "ok") throw new Error(`instruction ${at} of ${instructions.length}: ${verdict}`);
  }
}

/** What leads a node to where a move is possible: time and instructions. */
export async function prepareNode(world: World, move: NodeMove): Promise<void> {
  const send = await nodeInstructions(world);
  const { chain } = world;
  if (move === "jobEnded" || move === "slashForJob") mustRun(world, await send.jobStarted());
  if (move === "requestWithdrawal") chain.nowSeconds += 30n * DAY_SECONDS;
  if (move === "finishWithdrawal" || move === "cancelWithdrawal") {
    chain.nowSeconds += 30n * DAY_SECONDS;
    mustRun(world, await send.requestWithdrawal());
    chain.nowSeconds += 14n * DAY_SECONDS;
  }
  if (move === "reinstate") {
    for (let failure = 0; failure < 3; failure++) mustRun(world, await send.jobStarted(), await send.slashForJob());
    chain.nowSeconds += 31n * DAY_SECONDS;
  }
  if (move === "claimRewards") await openRewards(world);
}

/** Opens and fills the vault that rewards come from, and lets the node earn some. */
export async function openRewards(world: World): Promise<void> {
  const { chain, admin, mint } = world;
  const [vault] = await findRewardsVaultPda();
  mustRun(
    world,
    await getOpenRewardsInstructionAsync({ payer: admin, mint }),
    mintTo(mint, vault, admin, 1_000n * CYXWIZ),
  );
  chain.nowSeconds += 91n * DAY_SECONDS;
}

function node(move: NodeMove): ScenarioBuilder {
  return async () => {
    const world = await nodeWorld();
    await prepareNode(world, move);
    return scenarioOf(world, await (await nodeInstructions(world))[move]());
  };
}

function registry(build: (world: World) => Promise<Instruction>): ScenarioBuilder {
  return async () => {
    const world = await nodeWorld();
    return scenarioOf(world, await build(world));
  };
}

/** Every instruction of node-registry, on every path that checks its accounts in its own way. */
export const REGISTRY_SCENARIOS: Scenarios = {
  initializeRegistry: {
    "": async () => {
      const chain = await emptyChain();
      const [deployer, admin, coordinator] = [await chain.wallet(), await chain.wallet(), await chain.wallet()];
      const mint = await createMint(chain, admin);
      const insurance = await chain.tokenAccount(admin.address, mint, admin);
      await upgradeableBy(chain, NODE_REGISTRY_PROGRAM_ADDRESS, deployer.address);
      const instruction = await initializeRegistry({ admin, coordinator, mint, insurance }, { deployer });
      return { chain, instruction, rivals: {}, people: [] };
    },
  },
  register: {
    "": registry(async ({ chain, mint, admin }) => register({ node: await chain.wallet(), mint }, { payer: admin })),
  },
  stake: { "": node("stake") },
  updateNode: { "": node("updateNode") },
  jobStarted: { "": node("jobStarted") },
  jobEnded: { "": node("jobEnded") },
  slashForJob: {
    "a failure": node("slashForJob"),
    "a dispute lost": registry(async (world) => {
      const send = await nodeInstructions(world);
      mustRun(world, await send.jobStarted());
      return send.slashForJob(SlashReason.DisputeLost);
    }),
  },
  slash: { "": node("slash") },
  requestWithdrawal: { "": node("requestWithdrawal") },
  finishWithdrawal: { "": node("finishWithdrawal") },
  cancelWithdrawal: { "": node("cancelWithdrawal") },
  reinstate: { "": node("reinstate") },
  openRewards: { "": registry(({ admin, mint }) => getOpenRewardsInstructionAsync({ payer: admin, mint })) },
  claimRewards: { "": node("claimRewards") },
  syncTier: {
    "": registry(async (world) => {
      const { coordinator, chain, admin } = world;
      const reputation = await Reputation.open(chain, admin, coordinator);
      await chain.mustSend(coordinator, await reputation.addNode(world.node.address));
      const { page } = reputation;
      return getSyncTierInstructionAsync({ node: world.nodeAccount, page, entry: 0 });
    }),
  },
  setRegistryPaused: { "": registry(({ admin }) => getSetRegistryPausedInstructionAsync({ admin, paused: 1 })) },
  proposeRegistryAdmin: {
    "": registry(({ admin, node: { address } }) =>
      getProposeRegistryAdminInstructionAsync({ admin, newAdmin: address }),
    ),
  },
  acceptRegistryAdmin: {
    "": registry(async (world) => {
      const { admin, node: newAdmin } = world;
      mustRun(world, await getProposeRegistryAdminInstructionAsync({ admin, newAdmin: newAdmin.address }));
      return getAcceptRegistryAdminInstructionAsync({ newAdmin });
    }),
  },
  updateRegistry: {
    "": registry(({ admin }) =>
      getUpdateRegistryInstructionAsync({ ...DEFAULT_REGISTRY_PARAMETERS, admin, yieldBps: 400 }),
    ),
  },
  setRegistryAuthorities: {
    "": registry(({ admin, node: { address }, insurance }) =>
      getSetRegistryAuthoritiesInstructionAsync({
        admin,
        insurance,
        coordinator: address,
        arbiter: address,
        escrowProgram: JOB_ESCROW_PROGRAM_ADDRESS,
        reputationProgram: REPUTATION_MANAGER_PROGRAM_ADDRESS,
      }),
    ),
  },
};
