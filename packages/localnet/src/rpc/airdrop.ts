import {
  AccountRole,
  type Address,
  appendTransactionMessageInstructions,
  type Blockhash,
  createTransactionMessage,
  getTransactionEncoder,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import { SYSTEM_PROGRAM } from "../ledger/account.ts";
import { parseWireTransaction, type WireTransaction } from "../ledger/wire-transaction.ts";
import type { Localhost } from "./localhost.ts";

const COMPUTE_BUDGET = "ComputeBudget111111111111111111111111111111" as Address;
const UNITS_NEEDED = 10_000;
const VARIANTS = 100_000;
let variant = 0;

/** A transfer from the faucet. Each differs from all others, or two equal ones in a slot would be one transaction. */
export async function airdropTransaction(host: Localhost, to: Address, lamports: bigint): Promise<WireTransaction> {
  const { faucet, ledger } = host;
  variant = (variant + 1) % VARIANTS;
  const limit = new DataView(new ArrayBuffer(5));
  limit.setUint8(0, 2);
  limit.setUint32(1, UNITS_NEEDED + variant, true);
  const transfer = new DataView(new ArrayBuffer(12));
  transfer.setUint32(0, 2, true);
  transfer.setBigUint64(4, lamports, true);
  const accounts = [
    { address: faucet.address, role: AccountRole.WRITABLE_SIGNER, signer: faucet },
    { address: to, role: AccountRole.WRITABLE },
  ] as const;
  const instructions = [
    { programAddress: COMPUTE_BUDGET, data: new Uint8Array(limit.buffer) },
    { programAddress: SYSTEM_PROGRAM, accounts, data: new Uint8Array(transfer.buffer) },
  ];
  const lifetime = { blockhash: ledger.blocks.last.hash as Blockhash, lastValidBlockHeight: 0n };
  const signed = await pipe(
    createTransactionMessage({ version: "legacy" }),
    (message) => setTransactionMessageFeePayerSigner(faucet, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
    (message) => signTransactionMessageWithSigners(message),
  );
  return parseWireTransaction(new Uint8Array(getTransactionEncoder().encode(signed)));
}
