import { expect, test } from "vitest";
import { createChain } from "./index.ts";
import { startChain } from "./testing/chain-fixture.ts";
import { startProxy } from "./testing/proxy.ts";

// Nobody listens on port 2, and unlike 1 or 9 it is one that fetch is willing to try.
const DEAD = "http://127.0.0.1:2";
const wsUrl = "ws://127.0.0.1:2";

test("nobody there: UNREACHABLE, long before the deadline, and without the key in the address", async () => {
  const { rpc } = createChain({ rpcUrls: [`${DEAD}/secret-key`], wsUrl });
  const started = performance.now();
  const error = await rpc
    .getSlot()
    .send()
    .catch((reason) => reason);
  expect(error).toMatchObject({
    code: "UNREACHABLE",
    context: { address: DEAD, cause: expect.stringContaining("ECONNREFUSED") },
  });
  expect(error.message).not.toContain("secret-key");
  expect(performance.now() - started).toBeLessThan(5_000);
});

test("somebody there who never answers: UNREACHABLE at the deadline", async () => {
  const proxy = await startProxy(DEAD, () => "hang");
  const { rpc } = createChain({ rpcUrls: [proxy.url], wsUrl, timeoutMs: 300 });
  const started = performance.now();
  await expect(rpc.getSlot().send()).rejects.toMatchObject({ code: "UNREACHABLE" });
  const tookMs = performance.now() - started;
  expect(tookMs).toBeGreaterThan(250);
  expect(tookMs).toBeLessThan(2_000);
});

test.for(["hang", "too-many-requests", "unhealthy", "html", "lose-reply"] as const)(
  "a provider with %s is left for the next, which is then kept",
  async (mishap) => {
    const { localnet } = await startChain();
    const bad = await startProxy(localnet.rpcUrl, () => mishap);
    const good = await startProxy(localnet.rpcUrl, () => "none");
    const { rpc } = createChain({ rpcUrls: [bad.url, good.url], wsUrl: localnet.wsUrl, timeoutMs: 1_000 });
    expect(await rpc.getBlockHeight().send()).toBeGreaterThanOrEqual(0n);
    expect(await rpc.getGenesisHash().send()).toEqual(expect.any(String));
    expect(bad.methods).toEqual(["getBlockHeight"]);
    expect(good.methods).toEqual(["getBlockHeight", "getGenesisHash"]);
  },
);

test("a provider that is busy twice is asked a third time", async () => {
  const { localnet } = await startChain();
  const proxy = await startProxy(localnet.rpcUrl, (_, count) => (count < 3 ? "too-many-requests" : "none"));
  const { rpc } = createChain({ rpcUrls: [proxy.url], wsUrl, random: () => 0 });
  expect(await rpc.getHealth().send()).toBe("ok");
  expect(proxy.methods).toHaveLength(3);
});

test("an answer that is an error is not asked for twice", async () => {
  const { localnet } = await startChain();
  const proxy = await startProxy(localnet.rpcUrl, () => "none");
  const { rpc } = createChain({ rpcUrls: [proxy.url], wsUrl });
  await expect(rpc.getBlock(10n ** 9n).send()).rejects.toThrow("Block not available");
  expect(proxy.methods).toHaveLength(1);
});

test("an abort ends a call at once, the caller's or the chain's", async () => {
  const proxy = await startProxy(DEAD, () => "hang");
  for (const whose of ["call", "chain"]) {
    const abort = new AbortController();
    const { rpc } = createChain({ rpcUrls: [proxy.url], wsUrl, ...(whose === "chain" && { signal: abort.signal }) });
    const call = rpc.getSlot().send(whose === "call" ? { abortSignal: abort.signal } : {});
    const ended = expect(call).rejects.toSatisfy((error) => error.code === "ABORTED" || error.name === "AbortError");
    abort.abort();
    await ended;
  }
});

test("addresses that are none are refused at once", () => {
  const refused = (options: Parameters<typeof createChain>[0]) =>
    expect(() => createChain(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID" }));
  refused({ rpcUrls: [], wsUrl });
  refused({ rpcUrls: ["localhost:8899"], wsUrl });
  refused({ rpcUrls: [DEAD], wsUrl: DEAD });
});
