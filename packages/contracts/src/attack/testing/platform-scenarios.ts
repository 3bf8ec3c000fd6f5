import { type Address, createNoopSigner, type Instruction, type Lamports } from "@solana/kit";
import { DEFAULT_PLATFORM_PARAMETERS } from "../../economy.ts";
import {
  getAcceptPlatformAdminInstructionAsync,
  getMigrateInstruction,
  getProposePlatformAdminInstructionAsync,
  getSetPausedInstructionAsync,
  getSetPlatformAuthoritiesInstructionAsync,
  getUpdatePlatformInstructionAsync,
  JOB_ESCROW_PROGRAM_ADDRESS,
} from "../../generated/job-escrow/index.ts";
import { createMint, emptyChain, initializePlatform, World } from "../../testing/world.ts";
import { altered } from "./account-kind.ts";
import { upgradeableBy } from "./deployer.ts";
import { Job } from "./job.ts";
import type { ScenarioBuilder, Scenarios } from "./scenario.ts";
import { scenarioOf } from "./scenario-of.ts";

function platform(build: (world: World) => Promise<Instruction>): ScenarioBuilder {
  return async () => {
    const world = await World.open();
    return scenarioOf(world, await build(world));
  };
}

/** An account as version 1 of the program had it, so many bytes long. */
function migrating(which: (job: Job) => Address, length: number): ScenarioBuilder {
  return async () => {
    const job = await Job.at("Running");
    const account = which(job);
    const payer = createNoopSigner(job.world.coordinator.address);
    const scenario = await scenarioOf(job.world, getMigrateInstruction({ payer, account }));
    const { svm } = job.world.chain;
    const current = svm.getAccount(account);
    if (current.exists) {
      const older = altered(current, { data: new Uint8Array(current.data).slice(0, length).with(1, 1) });
      svm.setAccount({ ...older, lamports: svm.minimumBalanceForRentExemption(BigInt(length)) as Lamports });
    }
    return scenario;
  };
}

/** Every instruction of job-escrow that is not about one job. */
export const PLATFORM_SCENARIOS: Scenarios = {
  initializePlatform: {
    "": async () => {
      const chain = await emptyChain();
      const [deployer, admin, coordinator] = [await chain.wallet(), await chain.wallet(), await chain.wallet()];
      const mint = await createMint(chain, admin);
      const treasury = await chain.tokenAccount(admin.address, mint, admin);
      const insurance = await chain.tokenAccount(coordinator.address, mint, admin);
      const input = { admin, coordinator, mint, treasury, insurance };
      await upgradeableBy(chain, JOB_ESCROW_PROGRAM_ADDRESS, deployer.address);
      return { chain, instruction: await initializePlatform(input, { deployer }), rivals: {}, people: [] };
    },
  },
  setPaused: { "": platform(({ admin }) => getSetPausedInstructionAsync({ admin, paused: 1 })) },
  proposePlatformAdmin: {
    "": platform(({ admin, node }) => getProposePlatformAdminInstructionAsync({ admin, newAdmin: node.address })),
  },
  acceptPlatformAdmin: {
    "": platform(async ({ chain, admin, node }) => {
      await chain.mustSend(admin, await getProposePlatformAdminInstructionAsync({ admin, newAdmin: node.address }));
      return getAcceptPlatformAdminInstructionAsync({ newAdmin: node });
    }),
  },
  updatePlatform: {
    "": platform(({ admin }) =>
      getUpdatePlatformInstructionAsync({ ...DEFAULT_PLATFORM_PARAMETERS, admin, feeBps: 900 }),
    ),
  },
  setPlatformAuthorities: {
    "": platform(({ admin, node, treasury, insurance }) =>
      getSetPlatformAuthoritiesInstructionAsync({
        ...{ admin, treasury, insurance },
        ...{ coordinator: node.address, arbiter: node.address },
      }),
    ),
  },
  migrate: {
    "an escrow": migrating(({ world }) => world.escrow, 528),
    "the platform": migrating(({ world }) => world.platform, 512),
  },
};
