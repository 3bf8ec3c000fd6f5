import { AccountRole, type Address, generateKeyPairSigner, type Instruction } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { expect, onTestFinished, test } from "vitest";
import { startForTest, transfer } from "../testing/client.ts";
import { Bank } from "./bank.ts";

const ASSOCIATED_TOKEN = "ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL" as Address;
const confirmed = { commitment: "confirmed" } as const;

async function start(options = {}) {
  const net = await startForTest(options);
  onTestFinished(() => net.localnet.close());
  return { net, payer: await net.fundedWallet() };
}

function computeBudget(tag: number, value: number | bigint): Instruction {
  const data = Buffer.alloc(tag === 2 ? 5 : 9);
  data[0] = tag;
  if (tag === 2) data.writeUInt32LE(Number(value), 1);
  else data.writeBigUInt64LE(BigInt(value), 1);
  return { programAddress: "ComputeBudget111111111111111111111111111111" as Address, data };
}

test("the fee that is told is the fee that is taken", async () => {
  const { net, payer } = await start();
  const other = await net.fundedWallet();
  const cases: Instruction[][] = [
    [transfer(payer, payer.address, 1n)],
    [transfer(payer, payer.address, 1n), transfer(other, payer.address, 0n)],
    [computeBudget(3, 1_000_001n), transfer(payer, payer.address, 1n)],
    [computeBudget(2, 77_777), computeBudget(3, 12_345_678n), transfer(payer, payer.address, 1n)],
    [computeBudget(3, 5_000n), { programAddress: ASSOCIATED_TOKEN, data: new Uint8Array() }],
  ];
  for (const instructions of cases) {
    const { wire, signature } = await net.sign(payer, instructions);
    await net.send(wire, true);
    await net.localnet.advanceSlots(1);
    const found = await net.rpc
      .getTransaction(signature, { ...confirmed, encoding: "json", maxSupportedTransactionVersion: 0 })
      .send();
    const { fee, preBalances, postBalances } = found!.meta!;
    expect(preBalances[0]! - postBalances[0]!).toBe(fee);
  }
});

test("a program is loaded from its bytes and runs", async () => {
  const elf = new Bank().account(ASSOCIATED_TOKEN)!.data;
  const address = (await generateKeyPairSigner()).address;
  const { net, payer } = await start({ programs: [{ address, elf }] });
  const { value } = await net.rpc.getAccountInfo(address, { ...confirmed, encoding: "base64" }).send();
  expect(value).toMatchObject({ executable: true });
  const { wire, signature } = await net.sign(payer, [{ programAddress: address, data: new Uint8Array([9]) }]);
  await net.send(wire, true);
  await net.localnet.advanceSlots(1);
  const found = await net.rpc
    .getTransaction(signature, { ...confirmed, encoding: "json", maxSupportedTransactionVersion: 0 })
    .send();
  expect(found!.meta!.err).toEqual({ InstructionError: [0n, "InvalidInstructionData"] });
  expect(found!.meta!.logMessages![0]).toBe(`Program ${address} invoke [1]`);
});

test("errors of the runtime are told in a validator's words", async () => {
  const { net, payer } = await start();
  const poor = await generateKeyPairSigner();
  const errorOf = async (instructions: Instruction[], from = payer) => {
    const { wire } = await net.sign(from, instructions);
    const { value } = await net.rpc.simulateTransaction(wire, { encoding: "base64", ...confirmed }).send();
    return value.err;
  };
  expect(await errorOf([transfer(payer, poor.address, 1n)])).toEqual({
    InsufficientFundsForRent: { account_index: 1n },
  });
  expect(await errorOf([transfer(poor, payer.address, 1n)], poor)).toBe("AccountNotFound");
  expect(await errorOf([{ programAddress: poor.address }])).toBe("ProgramAccountNotFound");
  expect(await errorOf([computeBudget(2, 1), computeBudget(2, 2)])).toEqual({ DuplicateInstruction: 1n });
  const accounts = [{ address: payer.address, role: AccountRole.WRITABLE_SIGNER }];
  const truncated = { programAddress: SYSTEM_PROGRAM_ADDRESS, accounts, data: new Uint8Array([2, 0, 0, 0, 1]) };
  expect(await errorOf([truncated])).toEqual({ InstructionError: [0n, "InvalidInstructionData"] });
});

test("an account that is emptied is gone, at each commitment in its time", async () => {
  const { net, payer } = await start();
  const shortLived = await net.fundedWallet();
  await net.send((await net.sign(payer, [transfer(shortLived, payer.address, 10_000_000_000n)])).wire);
  const exists = async (commitment: "processed" | "confirmed" | "finalized") =>
    (await net.rpc.getAccountInfo(shortLived.address, { commitment, encoding: "base64" }).send()).value !== null;
  expect([await exists("processed"), await exists("confirmed")]).toEqual([false, true]);
  await net.localnet.advanceSlots(31);
  expect([await exists("confirmed"), await exists("finalized")]).toEqual([false, true]);
  await net.localnet.advanceSlots(1);
  expect(await exists("finalized")).toBe(false);
});
