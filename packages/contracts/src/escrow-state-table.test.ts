import type { Instruction, KeyPairSigner } from "@solana/kit";
import { describe, expect, test } from "vitest";
import { EscrowState } from "./generated/job-escrow/index.ts";
import { World } from "./testing/world.ts";

const ILLEGAL_STATE = 6020;

type Move = (world: World) => [KeyPairSigner, Promise<Instruction>];

const moves: Record<string, Move> = {
  create: (world) => [world.payer, world.create({ nonce: 2n, amount: 1n })],
  start: (world) => [world.node, world.start()],
  anchorCheckpoint: (world) => [world.coordinator, world.anchor({ isFinal: 0, leafCount: 9 })],
  anchorFinal: (world) => [world.coordinator, world.anchor({ leafCount: 9 })],
  complete: (world) => [world.coordinator, world.complete()],
  refund: (world) => [world.coordinator, world.refund()],
  cancel: (world) => [world.payer, world.cancel()],
  timeout: (world) => [world.admin, world.timeout()],
};

/** The table in programs/README.md, written down a second time. */
const legal: Record<keyof typeof EscrowState, readonly string[]> = {
  Empty: ["create"],
  Created: ["start", "refund", "cancel", "timeout"],
  Running: ["anchorCheckpoint", "anchorFinal", "refund", "timeout"],
  Committed: [],
  Proven: ["anchorFinal", "complete", "refund", "timeout"],
  Disputed: [],
  Appealed: [],
  Settled: ["create"],
};

const states = ["Empty", "Created", "Running", "Committed", "Proven", "Disputed", "Appealed", "Settled"] as const;

describe.each(states)("in state %s", (state) => {
  test.each(Object.keys(moves))("%s", async (name) => {
    const world = await World.open();
    await world.reach("proven");
    world.forge({ state: EscrowState[state] });
    // Legal at this time: start wants to be before the deadline, the refund after it and the challenge window.
    if (name === "timeout") world.chain.nowSeconds += 3_600n + 86_400n;
    const [signer, instruction] = moves[name]!(world);
    const { errorCode, failed } = await world.chain.send(signer, await instruction);
    if (legal[state].includes(name)) expect({ failed, errorCode }).toEqual({ failed: false, errorCode: undefined });
    else expect(errorCode).toBe(ILLEGAL_STATE);
  });
});

test("a state byte from the future is illegal for every move", async () => {
  const world = await World.open();
  await world.reach("proven");
  world.chain.overwrite(world.escrow, (data) => data.with(4, 200));
  world.chain.nowSeconds += 3_600n + 86_400n;
  for (const move of Object.values(moves)) {
    const [signer, instruction] = move(world);
    expect((await world.chain.send(signer, await instruction)).errorCode).toBe(ILLEGAL_STATE);
  }
});
