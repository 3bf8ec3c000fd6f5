import type { Address } from "@solana/kit";
import { Account, Clock, FailedTransactionMetadata, LiteSVM } from "litesvm";
import { readProgramArtifacts } from "../artifacts.ts";
import type { Cast } from "./cast.ts";
import { transactionOf, type WireInstruction } from "./wire.ts";

/** What LiteSVM's class wraps: the same calls without converting addresses to base58 and back, most of their time. */
interface RawSvm {
  getAccount(address: Uint8Array): Account | null;
  setAccount(address: Uint8Array, account: Account): void;
  sendLegacyTransaction(bytes: Uint8Array): unknown;
}

const BLOCKHASH = new Uint8Array(32);
const NOTHING = new Account(0n, new Uint8Array(), new Uint8Array(32), false, 0n);

/** What became of an instruction: the error's number, "runtime" for errors that have none, or nothing. */
export type Refusal = number | "runtime" | undefined;

/** A chain without signatures and blockhashes whose accounts can be put back to how they were. */
export class Machine {
  readonly cast: Cast;
  readonly #raw: RawSvm;
  readonly #svm: LiteSVM;
  readonly #genesis = new Map<string, Account>();
  readonly #touched = new Set<string>();
  /** Logs of the last instruction. */
  lastLogs: readonly string[] = [];

  private constructor(cast: Cast, svm: LiteSVM) {
    this.cast = cast;
    this.#svm = svm;
    this.#raw = (svm as unknown as { readonly inner: RawSvm }).inner;
  }

  static async start(cast: Cast): Promise<Machine> {
    const svm = new LiteSVM().withSigverify(false).withBlockhashCheck(false).withTransactionHistory(0n);
    for (const { address, elf } of await readProgramArtifacts()) svm.addProgram(address, elf);
    return new Machine(cast, svm);
  }

  /** From here on, `restore` leads back to what is there now. */
  snapshot(): void {
    for (const name of this.cast.names()) this.#genesis.set(name, this.account(name) ?? NOTHING);
    this.#touched.clear();
  }

  restore(): void {
    for (const name of this.#touched) this.put(name, this.#genesis.get(name) ?? NOTHING);
    this.#touched.clear();
  }

  account(name: string): Account | undefined {
    const account = this.#raw.getAccount(this.cast.bytes(name));
    return account === null || account.lamports() === 0n ? undefined : account;
  }

  put(name: string, account: Account): void {
    this.#touched.add(name);
    this.#raw.setAccount(this.cast.bytes(name), account);
  }

  /** Makes an account with these bytes that belongs to `owner`. */
  make(name: string, owner: string, data: Uint8Array): void {
    this.put(name, new Account(10_000_000_000n, data, this.cast.bytes(owner), false, 0n));
  }

  setTime(now: bigint, slot: bigint): void {
    this.#svm.setClock(new Clock(slot, 0n, 0n, 0n, now));
  }

  rent(size: number): bigint {
    return this.#svm.minimumBalanceForRentExemption(BigInt(size));
  }

  run(instruction: WireInstruction): Refusal {
    for (const name of instruction.writable) this.#touched.add(name);
    const result = this.#raw.sendLegacyTransaction(transactionOf(instruction, this.cast, BLOCKHASH));
    const failed = result instanceof FailedTransactionMetadata;
    this.lastLogs = failed ? result.meta().logs() : [];
    return failed ? refusalOf(result) : undefined;
  }

  address(name: string): Address {
    return this.cast.address(name);
  }
}

function refusalOf(failure: FailedTransactionMetadata): Refusal {
  const error: unknown = failure.err();
  if (typeof error !== "object" || error === null || !("err" in error) || typeof error.err !== "function") {
    return "runtime";
  }
  const inner: unknown = error.err();
  return typeof inner === "object" && inner !== null && "code" in inner ? Number(inner.code) : "runtime";
}
