import {
  type Address,
  appendTransactionMessageInstructions,
  createTransactionMessage,
  generateKeyPairSigner,
  type Instruction,
  type KeyPairSigner,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import {
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstruction,
  getTokenDecoder,
  getTokenEncoder,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { FailedTransactionMetadata, LiteSVM } from "litesvm";
import { decodeProgramEvents, type ProgramEvent } from "../events.ts";

/** What became of a transaction. */
export interface Outcome {
  /** The custom error number; `undefined` if the transaction succeeded. */
  readonly errorCode: number | undefined;
  readonly failed: boolean;
  readonly computeUnits: number;
  readonly logs: readonly string[];
  readonly events: readonly ProgramEvent[];
}

/** A Solana runtime in this process, with what tests need to drive it. */
export class Chain {
  readonly svm = new LiteSVM();

  async wallet(): Promise<KeyPairSigner> {
    const signer = await generateKeyPairSigner();
    this.svm.airdrop(signer.address, lamports(100_000_000_000n));
    return signer;
  }

  /** Sends the instructions as one transaction paid by `feePayer`. */
  async send(feePayer: KeyPairSigner, ...instructions: Instruction[]): Promise<Outcome> {
    // A new blockhash each time, so that the same instruction can be sent twice.
    this.svm.expireBlockhash();
    const transaction = await pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayerSigner(feePayer, message),
      (message) => this.svm.setTransactionMessageLifetimeUsingLatestBlockhash(message),
      (message) => appendTransactionMessageInstructions(instructions, message),
      (message) => signTransactionMessageWithSigners(message),
    );
    const result = this.svm.sendTransaction(transaction);
    const failed = result instanceof FailedTransactionMetadata;
    const meta = failed ? result.meta() : result;
    const logs = meta.logs();
    return {
      failed,
      errorCode: failed ? customCode(result) : undefined,
      computeUnits: Number(meta.computeUnitsConsumed()),
      logs,
      events: failed ? [] : decodeProgramEvents(logs),
    };
  }

  /** Like `send`, but a failure fails the test. */
  async mustSend(feePayer: KeyPairSigner, ...instructions: Instruction[]): Promise<Outcome> {
    const outcome = await this.send(feePayer, ...instructions);
    if (outcome.failed) throw new Error(`Transaction failed:\n${outcome.logs.join("\n")}`);
    return outcome;
  }

  data(address: Address): Uint8Array {
    const account = this.svm.getAccount(address);
    if (!account.exists) throw new Error(`There is no account ${address}.`);
    return new Uint8Array(account.data);
  }

  /** Changes an account's data behind the programs' backs, to reach states that no instruction leads to yet. */
  overwrite(address: Address, change: (data: Uint8Array) => Uint8Array): void {
    const account = this.svm.getAccount(address);
    if (!account.exists) throw new Error(`There is no account ${address}.`);
    this.svm.setAccount({ ...account, data: change(new Uint8Array(account.data)) });
  }

  tokens(address: Address): bigint {
    const account = this.svm.getAccount(address);
    return account.exists && account.data.length === 165 ? getTokenDecoder().decode(account.data).amount : 0n;
  }

  setTokens(address: Address, amount: bigint): void {
    this.overwrite(address, (data) => {
      const token = getTokenDecoder().decode(data);
      return new Uint8Array(getTokenEncoder().encode({ ...token, amount }));
    });
  }

  async tokenAccount(owner: Address, mint: Address, payer: KeyPairSigner): Promise<Address> {
    const [ata] = await findAssociatedTokenPda({ owner, mint, tokenProgram: TOKEN_PROGRAM_ADDRESS });
    await this.mustSend(payer, getCreateAssociatedTokenIdempotentInstruction({ payer, ata, owner, mint }));
    return ata;
  }

  get nowSeconds(): bigint {
    return this.svm.getClock().unixTimestamp;
  }

  set nowSeconds(seconds: bigint) {
    const clock = this.svm.getClock();
    clock.unixTimestamp = seconds;
    this.svm.setClock(clock);
  }

  /** The next slot begins; the time stays. What was committed can be revealed from then on. */
  nextSlot(): void {
    const clock = this.svm.getClock();
    clock.slot += 1n;
    this.svm.setClock(clock);
  }
}

function customCode(failure: FailedTransactionMetadata): number | undefined {
  const error: unknown = failure.err();
  if (typeof error !== "object" || error === null || !("err" in error) || typeof error.err !== "function")
    return undefined;
  const inner: unknown = error.err();
  return typeof inner === "object" && inner !== null && "code" in inner ? Number(inner.code) : undefined;
}
