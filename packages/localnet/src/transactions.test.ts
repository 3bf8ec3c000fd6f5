import {
  appendTransactionMessageInstruction,
  type Base64EncodedWireTransaction,
  compileTransaction,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase58Decoder,
  getBase64Decoder,
  getBase64EncodedWireTransaction,
  isSolanaError,
  pipe,
  SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
  type TransactionMessageBytesBase64,
} from "@solana/kit";
import { expect, onTestFinished, test } from "vitest";
import { call, startForTest, transfer } from "./testing/client.ts";

async function start() {
  const net = await startForTest();
  onTestFinished(() => net.localnet.close());
  const payer = await net.fundedWallet();
  return { net, payer, friend: (await generateKeyPairSigner()).address };
}

const TOO_MUCH = 10n ** 15n;
const confirmed = { commitment: "confirmed" } as const;

test("preflight refuses what would fail, and says why as a validator does", async () => {
  const { net, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, TOO_MUCH)]);
  await expect(net.send(wire)).rejects.toSatisfy(
    (error) =>
      isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE) &&
      isSolanaError(error.cause, SOLANA_ERROR__INSTRUCTION_ERROR__CUSTOM) &&
      error.cause.context.code === 1 &&
      error.context.logs!.some((line) => line.includes("insufficient lamports")),
  );
  const { error } = await call(net.localnet.rpcUrl, "sendTransaction", [wire, { encoding: "base64" }]);
  expect(error).toMatchObject({
    code: -32002,
    message: "Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1",
    data: { err: { InstructionError: [0, { Custom: 1 }] }, unitsConsumed: 150 },
  });
  expect((await net.rpc.getSignatureStatuses([signature]).send()).value).toEqual([null]);
});

test("a transaction that fails on chain is there, has paid its fee, and changed nothing else", async () => {
  const { net, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, TOO_MUCH)]);
  await net.send(wire, true);
  await net.localnet.advanceSlots(1);
  const { value } = await net.rpc.getSignatureStatuses([signature]).send();
  expect(value[0]).toMatchObject({ err: { InstructionError: [0n, { Custom: 1n }] }, confirmationStatus: "confirmed" });
  expect((await net.rpc.getBalance(payer.address, confirmed).send()).value).toBe(10_000_000_000n - 5_000n);
  expect((await net.rpc.getBalance(friend, confirmed).send()).value).toBe(0n);
  const { result } = await call(net.localnet.rpcUrl, "getSignaturesForAddress", [friend, confirmed]);
  expect(result).toMatchObject([
    { signature, confirmationStatus: "confirmed", err: { InstructionError: [0, { Custom: 1 }] } },
  ]);
});

test("a wrong signature is refused, and without preflight never heard of again", async () => {
  const { net, payer, friend } = await start();
  const { wire } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  const bytes = Buffer.from(wire, "base64");
  bytes[10]! ^= 1;
  const forged = bytes.toString("base64") as Base64EncodedWireTransaction;
  await expect(net.send(forged)).rejects.toSatisfy((error) =>
    isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_TRANSACTION_SIGNATURE_VERIFICATION_FAILURE),
  );
  const signature = await net.send(forged, true);
  expect((await net.rpc.getSignatureStatuses([signature]).send()).value).toEqual([null]);
  expect((await net.rpc.getBalance(friend, { commitment: "processed" }).send()).value).toBe(0n);
});

test("rubbish instead of a transaction", async () => {
  const { net } = await start();
  const send = async (text: string, encoding: string) =>
    (await call(net.localnet.rpcUrl, "sendTransaction", [text, { encoding }])).error;
  expect(await send("!!!", "base64")).toEqual({ code: -32602, message: "invalid base64 encoding" });
  expect(await send("0OIl", "base58")).toEqual({ code: -32602, message: "invalid base58 encoding" });
  expect(await send("AQID", "base64")).toMatchObject({
    code: -32602,
    message: expect.stringContaining("failed to deserialize"),
  });
  const huge = Buffer.alloc(1233).toString("base64");
  expect(await send(huge, "base64")).toMatchObject({
    code: -32602,
    message: expect.stringContaining("too large: 1233 bytes"),
  });
});

test("base58 is the encoding when none is named", async () => {
  const { net, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  const base58 = getBase58Decoder().decode(Buffer.from(wire, "base64"));
  expect((await call(net.localnet.rpcUrl, "sendTransaction", [base58])).result).toBe(signature);
});

test("simulation changes nothing and tells everything", async () => {
  const { net, payer, friend } = await start();
  const { wire, transaction } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  const { value } = await net.rpc
    .simulateTransaction(wire, {
      encoding: "base64",
      sigVerify: true,
      innerInstructions: true,
      accounts: { addresses: [friend], encoding: "base64" },
      ...confirmed,
    })
    .send();
  expect(value).toMatchObject({ err: null, unitsConsumed: 150n, fee: 5_000n, accounts: [{ lamports: 1_000_000n }] });
  expect(value.logs).toContain("Program 11111111111111111111111111111111 success");
  expect((await net.rpc.getBalance(friend, { commitment: "processed" }).send()).value).toBe(0n);
  const fee = await net.rpc
    .getFeeForMessage(getBase64Decoder().decode(transaction.messageBytes) as TransactionMessageBytesBase64, confirmed)
    .send();
  expect(fee.value).toBe(5_000n);
});

test("simulation needs neither signature nor living blockhash when told so", async () => {
  const { net, payer, friend } = await start();
  const dead = { blockhash: getBase58Decoder().decode(new Uint8Array(32).fill(7)), lastValidBlockHeight: 0n };
  const unsigned = pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayer(payer.address, message),
    (message) =>
      setTransactionMessageLifetimeUsingBlockhash(
        dead as Parameters<typeof setTransactionMessageLifetimeUsingBlockhash>[0],
        message,
      ),
    (message) => appendTransactionMessageInstruction(transfer(payer, friend, 1_000_000n), message),
    compileTransaction,
  );
  const wire = getBase64EncodedWireTransaction(unsigned);
  const simulate = (config: object) =>
    call(net.localnet.rpcUrl, "simulateTransaction", [wire, { encoding: "base64", ...config }]);
  expect(await simulate({})).toMatchObject({ result: { value: { err: "BlockhashNotFound" } } });
  expect(await simulate({ replaceRecentBlockhash: true })).toMatchObject({
    result: { value: { err: null, replacementBlockhash: { blockhash: expect.any(String) } } },
  });
  expect(await simulate({ sigVerify: true })).toMatchObject({ error: { code: -32003 } });
  expect(await simulate({ sigVerify: true, replaceRecentBlockhash: true })).toMatchObject({ error: { code: -32602 } });
});

test("getTransaction in every encoding, and only from its commitment on", async () => {
  const { net, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  await net.send(wire);
  const get = (config: object) => call(net.localnet.rpcUrl, "getTransaction", [signature, config]);
  const v0 = { maxSupportedTransactionVersion: 0 };
  expect((await get({ ...confirmed, ...v0 })).result).toBeNull();
  expect(await get({ commitment: "processed" })).toMatchObject({ error: { code: -32602 } });
  await net.localnet.advanceSlots(1);
  expect((await get(v0)).result).toBeNull();
  expect(await get(confirmed)).toMatchObject({ error: { code: -32015 } });
  expect(await get({ ...confirmed, ...v0, encoding: "base64" })).toMatchObject({
    result: {
      transaction: [wire, "base64"],
      version: 0,
      meta: { err: null, fee: 5000, logMessages: expect.any(Array) },
    },
  });
  expect(await get({ ...confirmed, ...v0, encoding: "json" })).toMatchObject({
    result: {
      transaction: { signatures: [signature], message: { accountKeys: [payer.address, friend, expect.any(String)] } },
    },
  });
  expect(await get({ ...confirmed, ...v0, encoding: "jsonParsed" })).toMatchObject({
    result: {
      transaction: {
        message: {
          accountKeys: [{ pubkey: payer.address, signer: true, writable: true }, { pubkey: friend, signer: false }, {}],
          instructions: [{ program: "system", parsed: { type: "transfer", info: { lamports: 1_000_000 } } }],
        },
      },
    },
  });
});

test("signatures of an address come newest first, page by page", async () => {
  const { net, payer, friend } = await start();
  const sent: string[] = [];
  for (const amount of [1_000_000n, 2n, 3n, 4n]) {
    sent.unshift(await net.send((await net.sign(payer, [transfer(payer, friend, amount)])).wire));
    await net.localnet.advanceSlots(1);
  }
  const list = async (config: object) => {
    const { result } = await call(net.localnet.rpcUrl, "getSignaturesForAddress", [
      friend,
      { ...confirmed, ...config },
    ]);
    return (result as { signature: string }[]).map(({ signature }) => signature);
  };
  expect(await list({})).toEqual(sent);
  expect(await list({ limit: 2 })).toEqual(sent.slice(0, 2));
  expect(await list({ before: sent[1] })).toEqual(sent.slice(2));
  expect(await list({ until: sent[2] })).toEqual(sent.slice(0, 2));
  expect(await list({ before: sent[0], until: sent[3], limit: 1 })).toEqual(sent.slice(1, 2));
  const { error } = await call(net.localnet.rpcUrl, "getSignaturesForAddress", [friend, { limit: 1001 }]);
  expect(error).toEqual({ code: -32602, message: "Invalid limit; max 1000" });
});

test("statuses climb from processed to finalized", async () => {
  const { net, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  await net.send(wire);
  const status = async (search = false) =>
    (await net.rpc.getSignatureStatuses([signature], { searchTransactionHistory: search }).send()).value[0];
  expect(await status()).toMatchObject({ confirmationStatus: "processed", confirmations: 0n, err: null });
  await net.localnet.advanceSlots(1);
  expect(await status()).toMatchObject({ confirmationStatus: "confirmed", confirmations: 1n });
  await net.localnet.advanceSlots(31);
  expect(await status()).toMatchObject({ confirmationStatus: "finalized", confirmations: null });
  await net.localnet.advanceSlots(300);
  expect(await status()).toBeNull();
  expect(await status(true)).toMatchObject({ confirmationStatus: "finalized" });
});

test("a block holds its transactions; slots that are not there are told apart", async () => {
  const { net, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  await net.send(wire);
  const slot = await net.rpc.getSlot({ commitment: "processed" }).send();
  await net.localnet.advanceSlots(1);
  const block = await net.rpc
    .getBlock(slot, { ...confirmed, maxSupportedTransactionVersion: 0, transactionDetails: "full" })
    .send();
  expect(block).toMatchObject({
    blockHeight: slot,
    parentSlot: slot - 1n,
    transactions: [{ transaction: { signatures: [signature] } }],
  });
  const next = await net.rpc
    .getBlock(slot - 1n, { ...confirmed, transactionDetails: "none", maxSupportedTransactionVersion: 0 })
    .send();
  expect(block!.previousBlockhash).toBe(next!.blockhash);
  const signatures = await net.rpc
    .getBlock(slot, { ...confirmed, transactionDetails: "signatures", maxSupportedTransactionVersion: 0 })
    .send();
  expect(signatures!.signatures).toEqual([signature]);
  net.localnet.warpToSlot(1_000);
  await net.localnet.advanceSlots(40);
  const get = async (at: number) => (await call(net.localnet.rpcUrl, "getBlock", [at])).error?.code;
  expect([await get(500), await get(5_000)]).toEqual([-32007, -32004]);
});
