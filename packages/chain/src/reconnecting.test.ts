import { startLocalnet } from "@cyxwiz/localnet";
import { expect, onTestFinished, test } from "vitest";
import { reconnecting } from "./index.ts";
import { startChain } from "./testing/chain-fixture.ts";

test("slots go on being heard of through a restart of the provider", async () => {
  const { localnet, chain } = await startChain({ slotMs: 20 });
  const abort = new AbortController();
  const request = chain.rpcSubscriptions.slotNotifications();
  const breaks: unknown[] = [];
  const slots = reconnecting((abortSignal) => request.subscribe({ abortSignal }), {
    signal: abort.signal,
    onBreak: (error) => breaks.push(error),
    backoff: { firstMs: 20 },
  });
  let heard = 0;
  for await (const { slot } of slots) {
    expect(slot).toBeGreaterThan(0n);
    heard += 1;
    if (heard === 3) {
      const [rpcPort, wsPort] = [localnet.rpcUrl, localnet.wsUrl].map((url) => Number(new URL(url).port));
      await localnet.close();
      const again = await startLocalnet({ slotMs: 20, rpcPort: rpcPort!, wsPort: wsPort! });
      onTestFinished(() => again.close());
    }
    if (heard === 6) abort.abort();
  }
  expect(heard).toBe(6);
  expect(breaks.length).toBeGreaterThan(0);
});

test("leaving the loop ends the subscription", async () => {
  const abort = new AbortController();
  let ended = false;
  async function* source(signal: AbortSignal) {
    signal.addEventListener("abort", () => {
      ended = true;
    });
    yield 1;
    yield 2;
  }
  for await (const item of reconnecting(async (signal) => source(signal), { signal: abort.signal })) {
    expect(item).toBe(1);
    break;
  }
  expect(ended).toBe(true);
});
