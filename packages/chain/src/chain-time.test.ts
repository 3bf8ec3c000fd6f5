import { expect, test } from "vitest";
import { chainTime } from "./index.ts";
import { startChain } from "./testing/chain-fixture.ts";

test("the chain's time is the cluster's, wherever that stands", async () => {
  const { chain, localnet } = await startChain({ slotMs: 20 });
  const before = await chainTime(chain);
  expect(Math.abs(Number(before) - Date.now() / 1000)).toBeLessThan(5);
  localnet.advanceTime(86_400);
  await localnet.advanceSlots(2);
  expect(await chainTime(chain)).toBeGreaterThanOrEqual(before + 86_400n);
});
