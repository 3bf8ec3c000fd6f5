import { generateKeyPairSigner } from "@solana/kit";
import { expect, test } from "vitest";
import {
  awaitConfirmation,
  buildAndSign,
  createChain,
  deliver,
  lamportBalance,
  type SignedTransaction,
  sendAndConfirm,
  submit,
} from "../index.ts";
import { fundedWallet, startChain, transfer } from "../testing/chain-fixture.ts";
import { startProxy } from "../testing/proxy.ts";

const TOO_MUCH = 10n ** 15n;
const what = "Pay a friend";

async function start(...options: Parameters<typeof startChain>) {
  const { localnet, chain } = await startChain(...options);
  const payer = await fundedWallet(localnet);
  const friend = (await generateKeyPairSigner()).address;
  return { localnet, chain, payer, friend };
}

test("sign, write down, send, confirm", async () => {
  const { chain, payer, friend } = await start();
  const written: SignedTransaction[] = [];
  const signature = await sendAndConfirm(chain, {
    what,
    instructions: [transfer(payer, friend, 1_000_000n)],
    feePayer: payer,
    computeUnitLimit: 10_000,
    computeUnitPriceMicroLamports: 1_000n,
    onSigned: (signed) => void written.push(signed),
  });
  expect(written.map((signed) => signed.signature)).toEqual([signature]);
  expect(await lamportBalance(chain, friend)).toBe(1_000_000n);
  // What was written down can be delivered again by whoever finds it.
  expect(await deliver(chain, written[0]!)).toBe("confirmed");
  expect(await lamportBalance(chain, friend)).toBe(1_000_000n);
});

test("waiting for finalized waits for finalized", async () => {
  const { chain, payer, friend } = await start({ slotMs: 20 });
  await sendAndConfirm(chain, {
    what,
    instructions: [transfer(payer, friend, 1_000_000n)],
    feePayer: payer,
    commitment: "finalized",
  });
  expect((await chain.rpc.getBalance(friend, { commitment: "finalized" }).send()).value).toBe(1_000_000n);
});

test("what would fail is refused by preflight, in words, at no cost", async () => {
  const explain = { explainError: (error: unknown) => `explained ${JSON.stringify(error)}` };
  const { chain, payer, friend } = await start({}, explain);
  const sending = sendAndConfirm(chain, { what, instructions: [transfer(payer, friend, TOO_MUCH)], feePayer: payer });
  await expect(sending).rejects.toMatchObject({
    code: "TRANSACTION_FAILED",
    context: { what, reason: 'explained {"InstructionError":[0,{"Custom":1}]}' },
  });
  expect(await lamportBalance(chain, payer.address)).toBe(10n ** 10n);
});

test("what fails on chain is told as failed, in the runtime's words where nobody has better ones", async () => {
  const { chain, payer, friend } = await start();
  const signed = await buildAndSign(chain, { instructions: [transfer(payer, friend, TOO_MUCH)], feePayer: payer });
  const outcome = await deliver(chain, signed);
  expect(outcome).toMatchObject({
    failed: { InstructionError: [0n, { Custom: 1n }] },
    reason: expect.stringContaining("#1"),
  });
});

test("a lost reply: the bytes are sent again and land once", async () => {
  const { localnet, payer, friend } = await start({ slotMs: 0 });
  const proxy = await startProxy(localnet.rpcUrl, (method, count) => {
    if (method !== "sendTransaction") return "none";
    if (count <= 2) return "lose-reply";
    // Only now can it be confirmed, so that all three are sent.
    setTimeout(() => localnet.advanceSlots(1), 20);
    return "none";
  });
  const chain = createChain({ rpcUrls: [proxy.url], wsUrl: localnet.wsUrl, random: () => 0 });
  await sendAndConfirm(chain, { what, instructions: [transfer(payer, friend, 1_000_000n)], feePayer: payer });
  expect(proxy.methods.filter((method) => method === "sendTransaction")).toHaveLength(3);
  expect(await lamportBalance(chain, friend)).toBe(1_000_000n);
  expect(await lamportBalance(chain, payer.address)).toBe(10n ** 10n - 1_000_000n - 5_000n);
});

test("many who deliver the same bytes at once pay once", async () => {
  const { chain, payer, friend } = await start();
  const signed = await buildAndSign(chain, { instructions: [transfer(payer, friend, 1_000_000n)], feePayer: payer });
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => deliver(chain, signed)));
  expect(new Set(outcomes)).toEqual(new Set(["confirmed"]));
  expect(await lamportBalance(chain, friend)).toBe(1_000_000n);
});

test("it is sent again until it lands: a cluster that drops it at first", async () => {
  const { localnet, payer, friend } = await start();
  let dropped = 0;
  const proxy = await startProxy(localnet.rpcUrl, (method) => {
    // The provider says yes, and the transaction is never heard of: here, it answers 429 to every try of two sends.
    if (method !== "sendTransaction" || dropped >= 8) return "none";
    dropped += 1;
    return "too-many-requests";
  });
  const chain = createChain({ rpcUrls: [proxy.url], wsUrl: localnet.wsUrl, random: () => 0 });
  const instructions = [transfer(payer, friend, 1_000_000n)];
  await sendAndConfirm(chain, { what, instructions, feePayer: payer, resendMs: 50 });
  expect(dropped).toBe(8);
  expect(await lamportBalance(chain, friend)).toBe(1_000_000n);
});

test("expired is said when it is proven, and not before", async () => {
  const { localnet, chain, payer, friend } = await start({ slotMs: 0 });
  const signed = await buildAndSign(chain, { instructions: [transfer(payer, friend, 1_000_000n)], feePayer: payer });
  await localnet.advanceSlots(151);
  // It can't land any more, but a fork that isn't final could still have it.
  const early = awaitConfirmation(chain, { ...signed, timeoutMs: 400, pollMs: 20 });
  await expect(early).rejects.toMatchObject({ code: "TIMED_OUT" });
  await localnet.advanceSlots(32);
  expect(await awaitConfirmation(chain, { ...signed, pollMs: 20 })).toBe("expired");
  expect(await deliver(chain, signed, { pollMs: 20 })).toBe("expired");
  expect(await lamportBalance(chain, friend)).toBe(0n);
});

test("what landed long ago is confirmed, not expired", async () => {
  const { localnet, chain, payer, friend } = await start({ slotMs: 0 });
  const signed = await buildAndSign(chain, { instructions: [transfer(payer, friend, 1_000_000n)], feePayer: payer });
  await submit(chain, signed.wireTransaction);
  await localnet.advanceSlots(1_000);
  expect(await deliver(chain, signed, { pollMs: 20 })).toBe("confirmed");
});

test("after an expiry it is signed anew, if that was asked for", async () => {
  const { localnet, chain, payer, friend } = await start({ slotMs: 0 });
  const blockhashes: bigint[] = [];
  const options = {
    what,
    instructions: [transfer(payer, friend, 1_000_000n)],
    feePayer: payer,
    pollMs: 20,
    // The first has expired before it is sent.
    onSigned: async ({ lastValidBlockHeight }: SignedTransaction) => {
      blockhashes.push(lastValidBlockHeight);
      if (blockhashes.length === 1) await localnet.advanceSlots(200);
      else setTimeout(() => localnet.advanceSlots(1), 100);
    },
  };
  await sendAndConfirm(chain, { ...options, attempts: 2 });
  expect(blockhashes).toHaveLength(2);
  expect(await lamportBalance(chain, friend)).toBe(1_000_000n);
  blockhashes.length = 0;
  await expect(sendAndConfirm(chain, options)).rejects.toMatchObject({
    code: "TRANSACTION_EXPIRED",
    context: { what },
  });
});

test("it confirms without subscriptions, and without polling", async () => {
  const { localnet, payer, friend } = await start();
  const plan = { what, instructions: [transfer(payer, friend, 1_000_000n)], feePayer: payer };
  const deaf = createChain({ rpcUrls: [localnet.rpcUrl], wsUrl: "ws://127.0.0.1:2" });
  await sendAndConfirm(deaf, plan);
  const proxy = await startProxy(localnet.rpcUrl, (method) =>
    ["getSignatureStatuses", "getEpochInfo"].includes(method) ? "hang" : "none",
  );
  const blind = createChain({ rpcUrls: [proxy.url], wsUrl: localnet.wsUrl });
  await sendAndConfirm(blind, { ...plan, instructions: [transfer(payer, friend, 2n)] });
  expect(await lamportBalance(deaf, friend)).toBe(1_000_002n);
});

test("an RPC that goes away while waiting: UNREACHABLE, and nothing is decided", async () => {
  const { localnet, payer, friend } = await start({ slotMs: 0 });
  const proxy = await startProxy(localnet.rpcUrl, () => "none");
  const chain = createChain({ rpcUrls: [proxy.url], wsUrl: "ws://127.0.0.1:2", timeoutMs: 200 });
  const signed = await buildAndSign(chain, { instructions: [transfer(payer, friend, 1_000_000n)], feePayer: payer });
  await submit(chain, signed.wireTransaction);
  proxy.stop();
  const waiting = deliver(chain, signed, { timeoutMs: 1_000, pollMs: 20, resendMs: 50 });
  await expect(waiting).rejects.toMatchObject({ code: "UNREACHABLE" });
  await localnet.advanceSlots(1);
  const again = createChain({ rpcUrls: [localnet.rpcUrl], wsUrl: localnet.wsUrl });
  expect(await deliver(again, signed)).toBe("confirmed");
});

test("an abort ends the wait at once", async () => {
  const { chain, payer, friend } = await start({ slotMs: 0 });
  const abort = new AbortController();
  const sending = sendAndConfirm(chain, {
    what,
    instructions: [transfer(payer, friend, 1_000_000n)],
    feePayer: payer,
    signal: abort.signal,
    onSigned: () => void setTimeout(() => abort.abort(), 100),
  });
  await expect(sending).rejects.toMatchObject({ code: "ABORTED" });
});

test("a signature that is wrong is refused for good", async () => {
  const { chain, payer, friend } = await start();
  const { wireTransaction } = await buildAndSign(chain, {
    instructions: [transfer(payer, friend, 1n)],
    feePayer: payer,
  });
  const bytes = Buffer.from(wireTransaction, "base64");
  bytes[5]! ^= 1;
  const forged = bytes.toString("base64") as typeof wireTransaction;
  await expect(submit(chain, forged, { preflight: true })).rejects.toMatchObject({ code: "TRANSACTION_FAILED" });
});
