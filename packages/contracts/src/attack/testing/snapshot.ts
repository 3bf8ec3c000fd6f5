import type { Address, Instruction, MaybeEncodedAccount } from "@solana/kit";
import type { Chain } from "../../testing/chain.ts";
import { closedAccount } from "./account-kind.ts";

/** An instruction's accounts as they are now, but for whoever pays the fees: those change it. */
export class Snapshot {
  readonly #chain: Chain;
  readonly #accounts: readonly MaybeEncodedAccount[];

  constructor(chain: Chain, { accounts = [] }: Instruction, feePayer: Address) {
    this.#chain = chain;
    const addresses = new Set(accounts.map(({ address }) => address).filter((address) => address !== feePayer));
    this.#accounts = [...addresses].map((address) => chain.svm.getAccount(address));
  }

  /** The accounts that are not what they were. */
  get changed(): MaybeEncodedAccount[] {
    return this.#accounts.filter((account) => !isSame(account, this.#chain.svm.getAccount(account.address)));
  }

  /** Puts everything back; says whether there was anything to put back. */
  restore(): boolean {
    const { changed } = this;
    for (const account of changed) {
      this.#chain.svm.setAccount(account.exists ? account : closedAccount(account.address));
    }
    return changed.length > 0;
  }
}

function isSame(left: MaybeEncodedAccount, right: MaybeEncodedAccount): boolean {
  if (!left.exists || !right.exists) return left.exists === right.exists;
  return (
    left.programAddress === right.programAddress &&
    left.lamports === right.lamports &&
    Buffer.compare(left.data as Uint8Array, right.data as Uint8Array) === 0
  );
}
