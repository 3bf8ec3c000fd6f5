import { describe, expect, test } from "vitest";
import {
  getNodeDecoder,
  getNodeEncoder,
  type Node,
  NodeStatus,
  SlashReason,
} from "../generated/node-registry/index.ts";
import { CYXWIZ, register, type World } from "../testing/world.ts";
import { mustRun, type NodeMove, nodeInstructions, nodeWorld, openRewards } from "./testing/registry-scenarios.ts";
import { Snapshot } from "./testing/snapshot.ts";
import { rehearse, run } from "./testing/verdict.ts";

const ILLEGAL = "nodeRegistry.illegalStatus";
const DAY_SECONDS = 86_400n;
const MOVES: readonly NodeMove[] = [
  ...(["stake", "updateNode", "jobStarted", "jobEnded", "slashForJob", "slash", "requestWithdrawal"] as const),
  ...(["finishWithdrawal", "cancelWithdrawal", "reinstate", "claimRewards"] as const),
];
/** Whatever became of a node, its running jobs can end, and its stake answers for them. */
const ALWAYS: readonly NodeMove[] = ["jobEnded", "slashForJob", "slash"];
const WITHDRAWING: readonly NodeMove[] = ["requestWithdrawal", "finishWithdrawal", "cancelWithdrawal"];

type StatusName = Exclude<keyof typeof NodeStatus, "Empty">;

/** What can be done in each status; written down from the rules, not from the program. */
const LEGAL: Readonly<Record<StatusName, readonly NodeMove[]>> = {
  Active: [...ALWAYS, ...WITHDRAWING, "stake", "updateNode", "jobStarted", "claimRewards"],
  Suspended: [...ALWAYS, ...WITHDRAWING, "stake", "updateNode", "reinstate", "claimRewards"],
  Banned: [...ALWAYS, ...WITHDRAWING],
  Withdrawn: [...ALWAYS, "stake", "claimRewards"],
};

/** Leads the world's node to a status by its instructions. */
const WAYS: Readonly<Record<StatusName, (world: World) => Promise<void>>> = {
  Active: async () => {},
  Suspended: async (world) => {
    const send = await nodeInstructions(world);
    for (let failure = 0; failure < 3; failure++) mustRun(world, await send.jobStarted(), await send.slashForJob());
  },
  Banned: async (world) => {
    mustRun(world, await (await nodeInstructions(world)).slash(SlashReason.DisputeLost));
  },
  Withdrawn: async (world) => {
    const send = await nodeInstructions(world);
    world.chain.nowSeconds += 30n * DAY_SECONDS;
    mustRun(world, await send.requestWithdrawal(node(world).staked));
    world.chain.nowSeconds += 14n * DAY_SECONDS;
    mustRun(world, await send.finishWithdrawal());
  },
};

const node = ({ chain, nodeAccount }: World): Node => getNodeDecoder().decode(chain.data(nodeAccount));

/** How a move would go if all but the status allowed it; and that a refusal changes nothing. */
async function verdictOn(world: World, move: NodeMove) {
  const { chain, admin, nodeAccount } = world;
  const original = chain.svm.getAccount(nodeAccount);
  const { discriminator: _, ...fields } = node(world);
  const isWithdrawn = fields.status === NodeStatus.Withdrawn;
  if ((move === "finishWithdrawal" || move === "cancelWithdrawal") && !isWithdrawn) {
    const pending = { withdrawing: CYXWIZ, staked: fields.staked - CYXWIZ };
    chain.overwrite(nodeAccount, () => new Uint8Array(getNodeEncoder().encode({ ...fields, ...pending })));
  }
  if (move === "claimRewards") {
    chain.overwrite(nodeAccount, () => new Uint8Array(getNodeEncoder().encode({ ...fields, rewards: CYXWIZ })));
  }
  const instruction = await (await nodeInstructions(world))[move]();
  const verdict = rehearse(chain, admin.address, instruction);
  if (verdict !== "ok") {
    const before = new Snapshot(chain, instruction, admin.address);
    expect(run(chain, admin.address, instruction)).toBe(verdict);
    expect(before.changed).toEqual([]);
  }
  if (original.exists) chain.svm.setAccount(original);
  return verdict;
}

describe("a node takes exactly the moves that are legal in its status", () => {
  test.each(["Active", "Suspended", "Banned", "Withdrawn"] as const)("%s", async (status) => {
    const world = await nodeWorld();
    await WAYS[status](world);
    expect(node(world).status).toBe(NodeStatus[status]);
    // Locks, suspensions and the time until rewards are over.
    await openRewards(world);
    const verdicts: Partial<Record<NodeMove, string>> = {};
    for (const move of MOVES) verdicts[move] = await verdictOn(world, move);
    const others: Partial<Record<NodeMove, string>> =
      status === "Withdrawn" ? { finishWithdrawal: "nodeRegistry.noWithdrawal" } : {};
    const expected = MOVES.map((move) => [move, LEGAL[status].includes(move) ? "ok" : (others[move] ?? ILLEGAL)]);
    expect(verdicts).toEqual(Object.fromEntries(expected));
    const again = await register({ node: world.node, mint: world.mint });
    expect(rehearse(world.chain, world.admin.address, again)).toBe("nodeRegistry.alreadyExists");
  });

  test.each([0, 5, 99, 255])(
    "status %i, which no version of the program gives, is as strict as a ban",
    async (status) => {
      const world = await nodeWorld();
      await openRewards(world);
      world.chain.overwrite(world.nodeAccount, (data) => data.with(4, status));
      for (const move of ["stake", "updateNode", "jobStarted", "reinstate", "claimRewards"] as const) {
        const instruction = await (await nodeInstructions(world))[move]();
        expect(rehearse(world.chain, world.admin.address, instruction), move).toBe(ILLEGAL);
      }
    },
  );
});
