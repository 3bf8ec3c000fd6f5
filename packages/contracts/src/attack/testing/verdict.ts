import {
  type Address,
  appendTransactionMessageInstructions,
  type Blockhash,
  compileTransaction,
  createTransactionMessage,
  type Instruction,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import { getTokenDecoder } from "@solana-program/token";
import { FailedTransactionMetadata } from "litesvm";
import type { Chain } from "../../testing/chain.ts";
import { errorName } from "./idl.ts";

/**
 * How a transaction went: `ok`; an error of one of our programs, `jobEscrow.wrongSigner`; another program's error
 * number, `custom 4`; or the runtime's own word, `NotEnoughAccountKeys`.
 */
export type Verdict = string;

const LIFETIME = {
  blockhash: "11111111111111111111111111111111" as Blockhash,
  lastValidBlockHeight: 2n ** 64n - 1n,
};

/**
 * Lets a chain take transactions that nobody signed: whoever an instruction names as a signer counts as one. Signing
 * costs more than running an instruction does, and the matrix has thousands.
 */
export function trustSigners(chain: Chain): void {
  chain.svm.withSigverify(false).withBlockhashCheck(false).withTransactionHistory(0n);
}

/** Runs the instructions on a chain that trusts its signers, and keeps what they did. */
export function run(chain: Chain, feePayer: Address, ...instructions: Instruction[]): Verdict {
  return verdictOf(chain.svm.sendTransaction(compile(feePayer, instructions)));
}

/** Runs the instructions on a chain that trusts its signers, and forgets what they did. */
export function rehearse(chain: Chain, feePayer: Address, ...instructions: Instruction[]): Verdict {
  return verdictOf(chain.svm.simulateTransaction(compile(feePayer, instructions)));
}

/** The token balances that an instruction would leave in these accounts; nothing if it is refused. */
export function balancesAfter(
  chain: Chain,
  feePayer: Address,
  instruction: Instruction,
  accounts: readonly Address[],
): bigint[] | undefined {
  const result = chain.svm.simulateTransaction(compile(feePayer, [instruction]));
  if (result instanceof FailedTransactionMetadata) return undefined;
  const after = new Map(result.postAccounts().map((account) => [account.address, account]));
  return accounts.map((address) => {
    const account = after.get(address);
    return account ? getTokenDecoder().decode(account.data).amount : chain.tokens(address);
  });
}

function compile(feePayer: Address, instructions: readonly Instruction[]) {
  return pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayer(feePayer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(LIFETIME, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
    compileTransaction,
  );
}

function verdictOf(result: object): Verdict {
  if (!(result instanceof FailedTransactionMetadata)) return "ok";
  const text = result.toString();
  const custom = /err: InstructionError\(\d+, Custom\((\d+)\)\)/.exec(text)?.[1];
  if (custom !== undefined) return errorName(Number(custom));
  return /err: (?:InstructionError\(\d+, )?(\w+)/.exec(text)?.[1] ?? text;
}
