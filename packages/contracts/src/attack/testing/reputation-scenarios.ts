import type { Instruction } from "@solana/kit";
import { findProgramDataAddress } from "../../addresses.ts";
import {
  findPagePda,
  getAcceptReputationAdminInstructionAsync,
  getInitializeReputationInstructionAsync,
  getPageDecoder,
  getPageEncoder,
  getProposeReputationAdminInstructionAsync,
  getSetReputationCoordinatorInstructionAsync,
  OutcomeKind,
  REPUTATION_MANAGER_PROGRAM_ADDRESS,
} from "../../generated/reputation-manager/index.ts";
import { Reputation } from "../../testing/reputation.ts";
import { emptyChain, World } from "../../testing/world.ts";
import { altered } from "./account-kind.ts";
import { upgradeableBy } from "./deployer.ts";
import { peopleIn } from "./rivals.ts";
import type { ScenarioBuilder, Scenarios } from "./scenario.ts";

/** The instruction `build` gives, in a world with page 0, which knows the world's node, and page 1, its copy. */
function reputation(build: (there: Reputation, world: World) => Promise<Instruction>): ScenarioBuilder {
  return async () => {
    const world = await World.open();
    const { chain, admin, coordinator } = world;
    const there = await Reputation.open(chain, admin, coordinator);
    await chain.mustSend(coordinator, await there.addNode(world.node.address));
    const [other, bump] = await findPagePda({ pageIndex: 1 });
    const original = chain.svm.getAccount(there.page);
    if (original.exists) {
      const { discriminator: _, ...fields } = getPageDecoder().decode(original.data);
      const data = getPageEncoder().encode({ ...fields, bump, pageIndex: 1 });
      chain.svm.setAccount(altered(original, { address: other, data }));
    }
    const instruction = await build(there, world);
    return { chain, instruction, rivals: { page: [{ what: "another", address: other }] }, people: peopleIn(world) };
  };
}

/** Every instruction of reputation-manager. */
export const REPUTATION_SCENARIOS: Scenarios = {
  initializeReputation: {
    "": async () => {
      const chain = await emptyChain();
      const [deployer, admin] = [await chain.wallet(), await chain.wallet()];
      await upgradeableBy(chain, REPUTATION_MANAGER_PROGRAM_ADDRESS, deployer.address);
      const instruction = await getInitializeReputationInstructionAsync({
        deployer,
        admin,
        coordinator: admin.address,
        program: REPUTATION_MANAGER_PROGRAM_ADDRESS,
        programData: await findProgramDataAddress(REPUTATION_MANAGER_PROGRAM_ADDRESS),
      });
      return { chain, instruction, rivals: {}, people: [] };
    },
  },
  openPage: { "": reputation((there, { admin }) => there.openPage(2, { payer: admin })) },
  addNode: { "": reputation((there, { admin }) => there.addNode(admin.address)) },
  recordOutcomes: {
    "": reputation((there) => there.record([{ entry: 0, kind: OutcomeKind.Completed, value: 900 }])),
  },
  proposeReputationAdmin: {
    "": reputation((_, { admin, node }) =>
      getProposeReputationAdminInstructionAsync({ admin, newAdmin: node.address }),
    ),
  },
  acceptReputationAdmin: {
    "": reputation(async (_, { chain, admin, node }) => {
      await chain.mustSend(admin, await getProposeReputationAdminInstructionAsync({ admin, newAdmin: node.address }));
      return getAcceptReputationAdminInstructionAsync({ newAdmin: node });
    }),
  },
  setReputationCoordinator: {
    "": reputation((_, { admin, node }) =>
      getSetReputationCoordinatorInstructionAsync({ admin, newCoordinator: node.address }),
    ),
  },
};
