import {
  AccountRole,
  type Address,
  appendTransactionMessageInstruction,
  compressTransactionMessageUsingAddressLookupTables,
  createTransactionMessage,
  generateKeyPairSigner,
  getAddressEncoder,
  getBase64EncodedWireTransaction,
  getProgramDerivedAddress,
  getSignatureFromTransaction,
  getU64Encoder,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { expect, onTestFinished, test } from "vitest";
import { startForTest, transfer } from "./testing/client.ts";

const TABLE_PROGRAM = "AddressLookupTab1e1111111111111111111111111" as Address;
const confirmed = { commitment: "confirmed" } as const;

test("addresses from a lookup table are found, listed and can be searched by", async () => {
  const net = await startForTest();
  onTestFinished(() => net.localnet.close());
  const payer = await net.fundedWallet();
  const friend = (await generateKeyPairSigner()).address;
  // The program wants a slot that is in the slot hashes sysvar.
  const slot = await net.rpc.getSlot(confirmed).send();
  const seeds = [getAddressEncoder().encode(payer.address), getU64Encoder().encode(slot)];
  const [table, bump] = await getProgramDerivedAddress({ programAddress: TABLE_PROGRAM, seeds });
  const accounts = [
    { address: table, role: AccountRole.WRITABLE },
    { address: payer.address, role: AccountRole.READONLY_SIGNER },
    { address: payer.address, role: AccountRole.WRITABLE_SIGNER },
    { address: SYSTEM_PROGRAM_ADDRESS, role: AccountRole.READONLY },
  ];
  const create = Uint8Array.from([0, 0, 0, 0, ...getU64Encoder().encode(slot), bump]);
  const extend = Uint8Array.from([2, 0, 0, 0, ...getU64Encoder().encode(1n), ...getAddressEncoder().encode(friend)]);
  const made = await net.sign(payer, [
    { programAddress: TABLE_PROGRAM, accounts, data: create },
    { programAddress: TABLE_PROGRAM, accounts, data: extend },
  ]);
  await net.send(made.wire);
  await net.localnet.advanceSlots(1);

  const { value: latest } = await net.rpc.getLatestBlockhash(confirmed).send();
  const transaction = await pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayerSigner(payer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(latest, message),
    (message) => appendTransactionMessageInstruction(transfer(payer, friend, 1_000_000n), message),
    (message) => compressTransactionMessageUsingAddressLookupTables(message, { [table]: [friend] }),
    (message) => signTransactionMessageWithSigners(message),
  );
  await net.send(getBase64EncodedWireTransaction(transaction));
  await net.localnet.advanceSlots(1);
  expect((await net.rpc.getBalance(friend, confirmed).send()).value).toBe(1_000_000n);
  const signature = getSignatureFromTransaction(transaction);
  const found = await net.rpc
    .getTransaction(signature, { ...confirmed, encoding: "json", maxSupportedTransactionVersion: 0 })
    .send();
  expect(found).toMatchObject({
    meta: { loadedAddresses: { writable: [friend], readonly: [] }, postBalances: [expect.any(BigInt), 1n, 1_000_000n] },
    transaction: {
      message: { addressTableLookups: [{ accountKey: table, writableIndexes: [0], readonlyIndexes: [] }] },
    },
  });
  expect(await net.rpc.getSignaturesForAddress(friend, confirmed).send()).toMatchObject([{ signature }]);
});
