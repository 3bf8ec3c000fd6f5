import { request } from "node:http";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { call, post, startForTest } from "./testing/client.ts";

async function start(options = {}) {
  const net = await startForTest(options);
  onTestFinished(() => net.localnet.close());
  return { net, url: net.localnet.rpcUrl };
}

const ADDRESS = "SysvarC1ock11111111111111111111111111111111";

test("errors of JSON-RPC", async () => {
  const { url } = await start();
  const body = async (text: string) => JSON.parse((await post(url, text)).text);
  expect(await body("{nonsense")).toEqual({
    jsonrpc: "2.0",
    error: { code: -32700, message: "Parse error" },
    id: null,
  });
  const invalid = { jsonrpc: "2.0", error: { code: -32600, message: "Invalid request" }, id: null };
  for (const text of [
    "1",
    "{}",
    "[]",
    '{"jsonrpc":"1.0","id":1,"method":"getSlot"}',
    '{"jsonrpc":"2.0","id":1,"method":5}',
  ]) {
    expect(await body(text)).toEqual(invalid);
  }
  expect((await call(url, "getNothing")).error).toEqual({ code: -32601, message: "Method not found" });
  expect((await call(url, "constructor")).error).toEqual({ code: -32601, message: "Method not found" });
  expect((await call(url, "cyxwiz_advanceTime", [{ slots: 1 }])).error).toEqual({
    code: -32601,
    message: "Method not found",
  });
  const invalidParams = async (method: string, params?: unknown) => {
    const { error } = await call(url, method, params);
    expect(error?.code).toBe(-32602);
    return error?.message;
  };
  expect(await invalidParams("getBalance")).toBe("`params` should have at least 1 argument(s)");
  expect(await invalidParams("getBalance", { address: ADDRESS })).toBe("Invalid params: expected a sequence");
  expect(await invalidParams("getBalance", ["rubbish!"])).toBe("Invalid param: Invalid");
  expect(await invalidParams("getBalance", ["abc"])).toBe("Invalid param: WrongSize");
  expect(await invalidParams("getBalance", [ADDRESS, { commitment: "sure" }])).toContain("params[1.commitment]");
  expect(await invalidParams("getMultipleAccounts", [Array(101).fill(ADDRESS)])).toBe(
    "Too many inputs provided; max 100",
  );
  expect(await invalidParams("getSignatureStatuses", [Array(257).fill("1".repeat(64))])).toBe(
    "Too many inputs provided; max 256",
  );
  expect((await call(url, "getSlot", [{ minContextSlot: 10_000 }])).error).toEqual({
    code: -32016,
    message: "Minimum context slot has not been reached",
    data: { contextSlot: 0 },
  });
});

test("batches, notifications, and numbers that a double can't hold", async () => {
  const { url } = await start();
  const batch = [
    { jsonrpc: "2.0", id: "a", method: "getHealth" },
    { jsonrpc: "2.0", method: "getHealth" },
    { jsonrpc: "2.0", id: null, method: "nothing" },
    7,
  ];
  expect(JSON.parse((await post(url, JSON.stringify(batch))).text)).toEqual([
    { jsonrpc: "2.0", result: "ok", id: "a" },
    { jsonrpc: "2.0", error: { code: -32601, message: "Method not found" }, id: null },
    { jsonrpc: "2.0", error: { code: -32600, message: "Invalid request" }, id: null },
  ]);
  expect((await post(url, '{"jsonrpc":"2.0","method":"getSlot"}')).text).toBe("");
  const info = await post(
    url,
    `{"jsonrpc":"2.0","id":18446744073709551615,"method":"getAccountInfo","params":["${ADDRESS}"]}`,
  );
  expect(info.text).toContain('"rentEpoch":18446744073709551615');
  expect(info.text).toContain('"id":18446744073709551615');
});

test("HTTP: health, browsers, wrong kinds, too much", async () => {
  const { url } = await start();
  const health = await fetch(`${url}/health`);
  expect([health.status, await health.text()]).toEqual([200, "ok"]);
  const preflight = await fetch(url, {
    method: "OPTIONS",
    headers: { origin: "https://wallet.example", "access-control-request-headers": "content-type,solana-client" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-origin")).toBe("*");
  expect(preflight.headers.get("access-control-allow-headers")).toBe("content-type,solana-client");
  expect((await fetch(url)).status).toBe(405);
  expect((await post(url, "{}", { "content-type": "text/plain" })).status).toBe(415);
  const { status, headers } = await post(url, JSON.stringify({ big: "x".repeat(51 * 1024) }));
  expect([status, headers.get("access-control-allow-origin")]).toEqual([413, "*"]);
  expect((await call(url, "getHealth")).result).toBe("ok");
});

test("a client that leaves in the middle of a request does no harm", async () => {
  const { url } = await start();
  const half = request(url, { method: "POST", headers: { "content-type": "application/json", "content-length": 100 } });
  half.on("error", () => {});
  half.write('{"jsonrpc"');
  await new Promise((resolve) => half.once("socket", (socket) => socket.once("connect", resolve)));
  half.destroy();
  expect((await call(url, "getHealth")).result).toBe("ok");
});

test("everything an explorer asks on its front page is answered", async () => {
  const { net, url } = await start();
  await net.localnet.advanceSlots(3);
  const ask = async (method: string, ...params: unknown[]) => {
    const { result, error } = await call(url, method, params);
    expect(error, method).toBeUndefined();
    return result;
  };
  expect(await ask("getEpochInfo", { commitment: "processed" })).toMatchObject({
    absoluteSlot: 4,
    blockHeight: 4,
    epoch: 0,
  });
  const { identity } = (await ask("getIdentity")) as { identity: string };
  expect(await ask("getSlotLeader")).toBe(identity);
  expect(await ask("getSlotLeaders", 0, 2)).toEqual([identity, identity]);
  expect(await ask("getClusterNodes")).toMatchObject([{ pubkey: identity, rpc: url.slice("http://".length) }]);
  expect(await ask("getVoteAccounts")).toMatchObject({ current: [{ nodePubkey: identity }], delinquent: [] });
  expect(await ask("getVersion")).toHaveProperty("solana-core");
  expect(await ask("getGenesisHash")).toEqual(expect.any(String));
  expect(await ask("getFirstAvailableBlock")).toBe(0);
  expect(await ask("minimumLedgerSlot")).toBe(0);
  expect(await ask("getBlocksWithLimit", 1, 2, { commitment: "confirmed" })).toEqual([1, 2]);
  expect(await ask("getRecentPerformanceSamples", 4)).toMatchObject([{ samplePeriodSecs: 60 }]);
  expect(await ask("getRecentPrioritizationFees", [])).toContainEqual({ prioritizationFee: 0, slot: 3 });
  expect(await ask("getSupply", { excludeNonCirculatingAccountsList: true })).toHaveProperty("value.total");
  for (const method of [
    "getEpochSchedule",
    "getInflationRate",
    "getInflationGovernor",
    "getTransactionCount",
    "getLargestAccounts",
    "getStakeMinimumDelegation",
  ]) {
    expect(await ask(method)).toBeDefined();
  }
  expect(await call(url, "getHighestSnapshotSlot")).toMatchObject({ error: { code: -32008 } });
});

test("time moves over JSON-RPC where that was asked for", async () => {
  const { net, url } = await start({ timeControl: true, nowMs: () => 1_700_000_000_000 });
  expect((await call(url, "cyxwiz_advanceTime", [{ seconds: 3600, slots: 10 }])).result).toEqual({
    slot: 12,
    unixTimestamp: 1_700_003_600,
  });
  expect(await net.rpc.getSlot({ commitment: "processed" }).send()).toBe(12n);
  expect((await call(url, "cyxwiz_advanceTime", [{ seconds: -1 }])).error?.code).toBe(-32602);
});

test("no request brings it down, and every answer is JSON-RPC", { timeout: 60_000 }, async () => {
  const { url } = await start();
  const methods = [
    "getAccountInfo",
    "getBalance",
    "getBlock",
    "getBlocks",
    "getProgramAccounts",
    "sendTransaction",
    "simulateTransaction",
    "getTransaction",
    "getSignaturesForAddress",
    "getTokenAccountsByOwner",
    "requestAirdrop",
    "getFeeForMessage",
    "isBlockhashValid",
  ];
  const param = fc.oneof(
    fc.jsonValue(),
    fc.constant(ADDRESS),
    fc.constant({ commitment: "processed", encoding: "base64" }),
    fc.nat(),
  );
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...methods), fc.array(param, { maxLength: 4 }), async (method, params) => {
      const { result, error } = await call(url, method, params);
      if (result === undefined) {
        expect(error?.code).toBeLessThanOrEqual(-32000);
        expect(error?.code === -32603 ? error.message : "").not.toMatch(/undefined|TypeError|not a function/);
      }
    }),
    { seed: 7, numRuns: 400 },
  );
  expect((await call(url, "getHealth")).result).toBe("ok");
});
