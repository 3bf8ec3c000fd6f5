import {
  assertIsTransactionWithBlockhashLifetime,
  generateKeyPairSigner,
  isSolanaError,
  lamports,
  SOLANA_ERROR__BLOCK_HEIGHT_EXCEEDED,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
  sendAndConfirmTransactionFactory,
} from "@solana/kit";
import { expect, test } from "vitest";
import { startForTest, transfer } from "./testing/client.ts";

test("kit's sendAndConfirm and airdrop work unchanged on a localnet with real slots", async () => {
  const net = await startForTest({ slotMs: 50 });
  const payer = await generateKeyPairSigner();
  const friend = await generateKeyPairSigner();
  await net.airdrop({ recipientAddress: payer.address, lamports: lamports(10n ** 9n), commitment: "confirmed" });
  const sendAndConfirm = sendAndConfirmTransactionFactory(net);
  for (const commitment of ["processed", "confirmed", "finalized"] as const) {
    const before = await net.rpc.getBalance(friend.address, { commitment }).send();
    const { transaction } = await net.sign(payer, [transfer(payer, friend.address, 10_000_000n)]);
    assertIsTransactionWithBlockhashLifetime(transaction);
    await sendAndConfirm(transaction, { commitment });
    const after = await net.rpc.getBalance(friend.address, { commitment }).send();
    expect(after.value).toBeGreaterThanOrEqual(before.value + 10_000_000n);
  }
  await net.localnet.close();
});

test("kit's sendAndConfirm gives up when the blockhash expires before the transaction is sent", async () => {
  const net = await startForTest();
  const payer = await net.fundedWallet();
  const { transaction } = await net.sign(payer, [transfer(payer, payer.address, 1n)]);
  assertIsTransactionWithBlockhashLifetime(transaction);
  await net.localnet.advanceSlots(152);
  const sending = sendAndConfirmTransactionFactory(net)(transaction, { commitment: "confirmed", skipPreflight: true });
  await expect(sending).rejects.toSatisfy((error) => isSolanaError(error, SOLANA_ERROR__BLOCK_HEIGHT_EXCEEDED));
  await net.localnet.close();
});

test("a read sees the state of its commitment", async () => {
  const net = await startForTest();
  const payer = await net.fundedWallet();
  const friend = await generateKeyPairSigner();
  const balances = async () => {
    const at = (commitment: "processed" | "confirmed" | "finalized") =>
      net.rpc.getBalance(friend.address, { commitment }).send();
    return [(await at("processed")).value, (await at("confirmed")).value, (await at("finalized")).value];
  };
  await net.send((await net.sign(payer, [transfer(payer, friend.address, 1_000_000n)])).wire);
  expect(await balances()).toEqual([1_000_000n, 0n, 0n]);
  await net.localnet.advanceSlots(1);
  expect(await balances()).toEqual([1_000_000n, 1_000_000n, 0n]);
  await net.send((await net.sign(payer, [transfer(payer, friend.address, 500n)])).wire);
  expect(await balances()).toEqual([1_000_500n, 1_000_000n, 0n]);
  await net.localnet.advanceSlots(31);
  expect(await balances()).toEqual([1_000_500n, 1_000_500n, 1_000_000n]);
  await net.localnet.advanceSlots(1);
  expect(await balances()).toEqual([1_000_500n, 1_000_500n, 1_000_500n]);
  await net.localnet.close();
});

test("a signature runs once, however often it is sent", async () => {
  const net = await startForTest();
  const payer = await net.fundedWallet();
  const friend = await generateKeyPairSigner();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend.address, 1_000_000n)]);
  expect(await net.send(wire)).toBe(signature);
  expect(await net.send(wire, true)).toBe(signature);
  await expect(net.send(wire)).rejects.toSatisfy(
    (error) =>
      isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE) &&
      isSolanaError(error.cause, SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED),
  );
  const { value } = await net.rpc.getBalance(friend.address, { commitment: "processed" }).send();
  expect(value).toBe(1_000_000n);
  await net.localnet.close();
});

test("a blockhash lives for 150 blocks and no longer", async () => {
  const net = await startForTest();
  const payer = await net.fundedWallet();
  const first = await net.sign(payer, [transfer(payer, payer.address, 1n)]);
  const second = await net.sign(payer, [transfer(payer, payer.address, 2n)]);
  const height = () => net.rpc.getBlockHeight({ commitment: "processed" }).send();
  const valid = async () => (await net.rpc.isBlockhashValid(first.blockhash, { commitment: "processed" }).send()).value;
  await net.localnet.advanceSlots(Number(first.lastValidBlockHeight - (await height())));
  expect(await valid()).toBe(true);
  await net.send(first.wire);
  await net.localnet.advanceSlots(1);
  expect(await valid()).toBe(false);
  await expect(net.send(second.wire)).rejects.toSatisfy(
    (error) =>
      isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE) &&
      isSolanaError(error.cause, SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND),
  );
  // Without preflight nobody complains, and nothing lands.
  expect(await net.send(second.wire, true)).toBe(second.signature);
  const { value } = await net.rpc.getSignatureStatuses([second.signature]).send();
  expect(value).toEqual([null]);
  await net.localnet.close();
});

test("time moves when told to, and the clock sysvar with it", async () => {
  const startMs = 1_700_000_000_000;
  const net = await startForTest({ nowMs: () => startMs });
  const clock = async () => {
    const { value } = await net.rpc
      .getAccountInfo("SysvarC1ock11111111111111111111111111111111" as Parameters<typeof net.rpc.getAccountInfo>[0], {
        encoding: "base64",
        commitment: "processed",
      })
      .send();
    const data = Buffer.from(value!.data[0], "base64");
    return { slot: Number(data.readBigUInt64LE(0)), unixTimestamp: Number(data.readBigInt64LE(32)) };
  };
  expect(await clock()).toEqual({ slot: 1, unixTimestamp: startMs / 1000 });
  net.localnet.advanceTime(7 * 86_400);
  expect(await clock()).toEqual({ slot: 2, unixTimestamp: startMs / 1000 + 7 * 86_400 });
  net.localnet.warpToSlot(500);
  expect((await clock()).slot).toBe(500);
  expect(await net.rpc.getBlocks(0n, 499n, { commitment: "confirmed" }).send()).toEqual([0n, 1n, 2n]);
  expect(await net.rpc.getBlockTime(2n).send()).toBe(BigInt(startMs / 1000 + 7 * 86_400));
  await net.localnet.close();
});

test("it ends when its signal aborts, and a port that is taken is named", async () => {
  const abort = new AbortController();
  const net = await startForTest({ signal: abort.signal });
  const rpcPort = Number(new URL(net.localnet.rpcUrl).port);
  await expect(startForTest({ rpcPort })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  abort.abort();
  await net.localnet.close();
  await expect(net.rpc.getSlot().send()).rejects.toThrow();
  await expect(startForTest({ signal: abort.signal })).rejects.toMatchObject({ code: "ABORTED" });
});
