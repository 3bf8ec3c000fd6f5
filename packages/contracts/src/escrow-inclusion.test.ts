import { expect, test } from "vitest";
import { EscrowState, JOB_ESCROW_ERROR__INVALID_INCLUSION } from "./generated/job-escrow/index.ts";
import { jobTree } from "./testing/tree.ts";
import { bytes, World } from "./testing/world.ts";

/** Every small tree, and around the powers of two, where the way up the edge changes its shape. */
const SIZES = [...Array.from({ length: 39 }, (_, index) => index + 2), 63, 64, 65, 127, 128, 129, 255, 256, 257, 1_000];

test("the program accepts the proof of a tree of any size, and no other tree's", async () => {
  const world = await World.open();
  await world.reach("proven");
  const { amount } = world.read();
  for (const leaves of SIZES) {
    const hashes = Array.from({ length: leaves - 1 }, (_, epoch) => bytes(epoch % 251).with(0, epoch >> 8));
    const { root, leafCount, resultHash, checkpointHash, siblings } = jobTree(hashes, bytes(9));
    expect(leafCount).toBe(leaves);
    world.forge({ state: EscrowState.Proven, root, leafCount, resultHash });
    world.chain.setTokens(world.vault, amount);
    const refused = [
      { siblings: [...siblings, root] },
      { checkpointHash: bytes(0xff) },
      ...(siblings.length > 0 ? [{ siblings: siblings.slice(1) }, { siblings: siblings.with(-1, bytes(0xff)) }] : []),
    ];
    for (const wrong of refused) {
      const { errorCode } = await world.chain.send(
        world.coordinator,
        await world.complete({ checkpointHash, siblings, ...wrong }),
      );
      expect(errorCode, `${leaves} leaves`).toBe(JOB_ESCROW_ERROR__INVALID_INCLUSION);
    }
    world.forge({ leafCount: leaves + 1 });
    const larger = await world.chain.send(world.coordinator, await world.complete({ checkpointHash, siblings }));
    expect(larger.errorCode, `${leaves + 1} leaves`).toBe(JOB_ESCROW_ERROR__INVALID_INCLUSION);
    world.forge({ leafCount: leaves });
    await world.chain.mustSend(world.coordinator, await world.complete({ checkpointHash, siblings }));
  }
});
