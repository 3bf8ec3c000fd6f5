import { type Escrow, EscrowOutcome, EscrowState, jobIdToBytes } from "@cyxwiz/contracts";
import { type Address, getAddressDecoder } from "@solana/kit";
import { expect, test } from "vitest";
import type { EscrowOnChain } from "../platform/platform-chain.ts";
import { checkEscrow, type ExpectedEscrow } from "./check-escrow.ts";

const key = (fill: number): Address => getAddressDecoder().decode(new Uint8Array(32).fill(fill));
const JOB = "0b5e3a52-6f6b-4b7e-9c33-5a0f3f1f2c11";
const [PROGRAM, ESCROW, MINT, PAYER, NODE] = [key(1), key(2), key(3), key(4), key(5)];

const expected: ExpectedEscrow = {
  address: ESCROW,
  program: PROGRAM,
  nonce: 3n,
  jobId: JOB,
  amount: 1_000n,
  mint: MINT,
  payer: PAYER,
  node: NODE,
  deadline: 5_000n,
  termsHash: "07".repeat(32),
  checkpoints: 60,
};

const escrow = {
  state: EscrowState.Created,
  outcome: EscrowOutcome.None,
  flags: 1,
  nonce: 3n,
  amount: 1_000n,
  deadline: 5_000n,
  payer: PAYER,
  node: NODE,
  mint: MINT,
  jobId: jobIdToBytes(JOB),
  termsHash: new Uint8Array(32).fill(7),
  checkpoints: 60,
} as unknown as Escrow;
const vault = { mint: MINT, owner: ESCROW, amount: 1_000n };
const good: EscrowOnChain = { owner: PROGRAM, escrow, expectedAddress: ESCROW, vault };

test("an escrow as agreed is good, also with a later deadline or more in the vault", () => {
  checkEscrow(good, expected);
  checkEscrow({ ...good, escrow: { ...escrow, deadline: 9_000n }, vault: { ...vault, amount: 1_001n } }, expected);
});

const withEscrow = (change: Partial<Escrow>): EscrowOnChain => ({ ...good, escrow: { ...escrow, ...change } });
const without = (field: "escrow" | "vault"): EscrowOnChain => {
  const { [field]: _left, ...rest } = good;
  return rest;
};

test.each<[string, EscrowOnChain]>([
  ["owner program", { ...good, owner: key(9) }],
  ["layout", without("escrow")],
  ["address", { ...good, expectedAddress: key(9) }],
  ["job id", withEscrow({ jobId: jobIdToBytes("1b5e3a52-6f6b-4b7e-9c33-5a0f3f1f2c11") })],
  ["nonce", withEscrow({ nonce: 4n })],
  ["state", withEscrow({ state: EscrowState.Running })],
  ["amount", withEscrow({ amount: 999n })],
  ["amount", withEscrow({ amount: 1_001n })],
  ["mint", withEscrow({ mint: key(9) })],
  ["payer", withEscrow({ payer: key(9) })],
  ["node", withEscrow({ node: key(9) })],
  ["deadline", withEscrow({ deadline: 4_999n })],
  ["terms hash", withEscrow({ termsHash: new Uint8Array(32) })],
  ["checkpoints", withEscrow({ checkpoints: 59 })],
  ["vault", without("vault")],
  ["vault's mint", { ...good, vault: { ...vault, mint: key(9) } }],
  ["vault's owner", { ...good, vault: { ...vault, owner: key(9) } }],
  ["vault balance", { ...good, vault: { ...vault, amount: 999n } }],
])("a wrong %s is refused by name", (field, found) => {
  expect(() => checkEscrow(found, expected)).toThrow(
    expect.objectContaining({ code: "ESCROW_MISMATCH", context: expect.objectContaining({ field }) }),
  );
});
