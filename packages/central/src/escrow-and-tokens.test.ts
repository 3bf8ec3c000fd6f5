import { generateKeyPairSync } from "node:crypto";
import { airdrop } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { parseTokenPublicKey, StatusCode, signJobToken } from "@cyxwiz/protocol";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EscrowChanges, TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
let node: TestNode;
let idle: TestNode;
let engine: TestEngine;
let other: TestEngine;

beforeAll(async () => {
  world = await TestWorld.start();
  [node, idle, engine, other] = await Promise.all([
    TestNode.join(world),
    TestNode.create(world),
    TestEngine.create(world),
    TestEngine.create(world),
  ]);
});

afterEach(() => {
  world.skewMs = 0;
});

afterAll(async () => {
  for (const peer of [node, idle, engine, other]) peer?.close();
  await world?.close();
});

let slot = 0;

async function confirmed() {
  const quote = await engine.submit();
  const signature = await engine.pay(quote, { slot: ++slot });
  return { quote, signature, token: (await engine.confirm(quote.jobId, signature)).authToken };
}

test("every escrow that is not the one agreed is refused by what differs; then the right one is taken", async () => {
  const quote = await engine.submit();
  const refused = async (field: string, changes: EscrowChanges) => {
    const signature = await engine.pay(quote, { slot: ++slot, ...changes });
    await expect(engine.confirm(quote.jobId, signature)).rejects.toMatchObject({
      code: "ESCROW_MISMATCH",
      context: { field },
    });
  };
  const terms = quote.escrowTerms;
  if (!terms) throw new Error("no terms");
  await refused("job id", { jobId: jobIdToBytes("0b5e3a52-6f6b-4b7e-9c33-5a0f3f1f2c11") });
  await refused("amount", { amount: terms.amount - 1n });
  await refused("payer", { payer: other.wallet });
  await refused("node", { node: idle.wallet.address });
  await refused("deadline", { deadline: terms.deadline - 3_600n });
  await refused("terms hash", { termsHash: new Uint8Array(32).fill(9) });
  await refused("checkpoints", { checkpoints: terms.checkpoints + 1 });

  const unknown = "5".repeat(88);
  await expect(engine.confirm(quote.jobId, "no signature")).rejects.toMatchObject({ code: "INVALID_FIELD" });
  await expect(engine.confirm(quote.jobId, unknown)).rejects.toMatchObject({ code: "ESCROW_NOT_CONFIRMED" });
  const gift = await airdrop(world.chain, { to: engine.wallet.address, amountLamports: 1_000_000n });
  await expect(engine.confirm(quote.jobId, gift)).rejects.toMatchObject({ code: "ESCROW_NOT_FOUND" });

  const signature = await engine.pay(quote, { slot: ++slot });
  await expect(other.confirm(quote.jobId, signature)).rejects.toMatchObject({ code: "NOT_YOURS" });
  expect((await engine.confirm(quote.jobId, signature)).authToken).not.toBe("");
  await engine.jobs.cancelJob({ jobId: quote.jobId });
});

test("what a stranger makes for a job does not keep the payer's own, late escrow from going back", async () => {
  const stock = await TestEngine.create(world, false);
  const before = await world.balance(stock.wallet.address);
  const quote = await stock.submit();
  const strange = await other.pay(quote, { slot: ++slot, payer: other.wallet });
  const own = await stock.pay(quote, { slot: ++slot });
  world.skewMs = 301_000;
  await expect(other.jobs.confirmEscrow({ jobId: quote.jobId, escrowTxSignature: strange })).rejects.toMatchObject({
    code: "RESERVATION_EXPIRED",
  });
  await expect(stock.confirm(quote.jobId, own)).rejects.toMatchObject({ code: "RESERVATION_EXPIRED" });
  await stock.until(quote.jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(stock.wallet.address)).toBe(before);
  stock.close();
});

test("of a job without a wallet's proof, a stranger can neither void the token nor have one after it was used", async () => {
  const stock = await TestEngine.create(world, false);
  const quote = await stock.submit();
  const signature = await stock.pay(quote, { slot: ++slot });
  const { authToken } = await stock.confirm(quote.jobId, signature);
  // All that it takes stands on chain.
  await other.confirm(quote.jobId, signature);
  expect((await node.redeem(authToken)).jobId).toBe(quote.jobId);
  await expect(other.confirm(quote.jobId, signature)).rejects.toMatchObject({ code: "NOT_YOURS" });
  await expect(stock.confirm(quote.jobId, signature)).rejects.toMatchObject({ code: "TOKEN_MISSING" });
  stock.proves = true;
  const { authToken: another } = await stock.confirm(quote.jobId, signature);
  expect((await node.redeem(another)).jobId).toBe(quote.jobId);
  await stock.jobs.cancelJob({ jobId: quote.jobId });
  stock.close();
});

test("an escrow serves one job only", async () => {
  const { quote, signature } = await confirmed();
  await engine.jobs.cancelJob({ jobId: quote.jobId });
  const second = await engine.submit();
  await expect(engine.confirm(second.jobId, signature)).rejects.toMatchObject({ code: "ESCROW_ALREADY_USED" });
  await engine.jobs.cancelJob({ jobId: second.jobId });
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
});

test("an escrow that comes after the reservation's end goes back to its payer", async () => {
  const quote = await engine.submit();
  const before = await world.balance(engine.wallet.address);
  const signature = await engine.pay(quote, { slot: ++slot });
  world.skewMs = 301_000;
  await expect(engine.confirm(quote.jobId, signature)).rejects.toMatchObject({ code: "RESERVATION_EXPIRED" });
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(engine.wallet.address)).toBe(before);
  await expect(engine.confirm(quote.jobId, signature)).rejects.toMatchObject({ code: "RESERVATION_EXPIRED" });
});

test("a job cancelled before its start frees the node and gives the escrow back", async () => {
  const before = await world.balance(engine.wallet.address);
  const { quote } = await confirmed();
  expect(await engine.jobs.cancelJob({ jobId: quote.jobId })).toMatchObject({ refundIssued: true });
  await engine.until(quote.jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(engine.wallet.address)).toBe(before);
  const next = await engine.submit();
  expect(next.nodeAssignment?.nodeId).toBe(node.nodeId);
  expect(await engine.jobs.cancelJob({ jobId: next.jobId })).toMatchObject({ refundIssued: false });
});

test("a token is good once, for its node, unforged, for five minutes, until a newer one is given out", async () => {
  const { quote, signature, token } = await confirmed();
  await idle.register();
  await expect(idle.redeem(token)).rejects.toMatchObject({ code: "TOKEN_WRONG_AUDIENCE" });
  const { privateKey } = generateKeyPairSync("ed25519");
  const jwk = { ...privateKey.export({ format: "jwk" }) };
  const key = await crypto.subtle.importKey("jwk", jwk, "Ed25519", false, ["sign"]);
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const claims = {
    jobId: quote.jobId,
    nodeId: node.nodeId,
    tokenId: crypto.randomUUID(),
    expiresAtSeconds: nowSeconds + 300,
  };
  const forged = await signJobToken(claims, { privateKey: key, nowSeconds });
  await expect(node.redeem(forged)).rejects.toMatchObject({ code: "TOKEN_INVALID" });

  world.skewMs = 301_000;
  await expect(node.redeem(token)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  world.skewMs = 0;
  const { authToken: newer } = await engine.confirm(quote.jobId, signature);
  await expect(node.redeem(token)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  const attempts = await Promise.allSettled([node.redeem(newer), node.redeem(newer), node.redeem(newer)]);
  expect(attempts.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(node.redeem(newer)).rejects.toMatchObject({ code: "TOKEN_ALREADY_USED" });
  await engine.jobs.cancelJob({ jobId: quote.jobId });
  await expect(parseTokenPublicKey("no key")).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});
