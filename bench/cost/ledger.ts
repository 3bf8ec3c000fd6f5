import { fitsTransaction } from "@cyxwiz/chain";
import type { World } from "@cyxwiz/contracts/testing";
import {
  appendTransactionMessageInstructions,
  createTransactionMessage,
  getTransactionMessageSize,
  type Instruction,
  type KeyPairSigner,
  pipe,
  setTransactionMessageFeePayer,
} from "@solana/kit";

/** All transactions of one kind that a design sent. */
export interface Entry {
  readonly what: string;
  readonly transactions: number;
  readonly computeUnits: number;
  readonly bytes: number;
  /** What their fee payers were poorer by afterwards: fees, and rent where accounts were made; less what came back. */
  readonly lamports: bigint;
}

/** All of these as one. */
export function sumOf(entries: readonly Entry[], what: string): Entry {
  return entries.reduce(
    (sum, { transactions, computeUnits, bytes, lamports }) => ({
      what,
      transactions: sum.transactions + transactions,
      computeUnits: sum.computeUnits + computeUnits,
      bytes: sum.bytes + bytes,
      lamports: sum.lamports + lamports,
    }),
    { what, transactions: 0, computeUnits: 0, bytes: 0, lamports: 0n },
  );
}

/** Sends transactions and keeps account of what each kind has cost. */
export class Ledger {
  readonly #world: World;
  readonly #entries = new Map<string, Entry>();

  constructor(world: World) {
    this.#world = world;
  }

  get entries(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  /** Sends one transaction. */
  async send(what: string, feePayer: KeyPairSigner, ...instructions: Instruction[]): Promise<void> {
    const { chain } = this.#world;
    const before = this.#balance(feePayer);
    const { computeUnits } = await chain.mustSend(feePayer, ...instructions);
    const known = this.#entries.get(what);
    this.#entries.set(what, {
      what,
      transactions: (known?.transactions ?? 0) + 1,
      computeUnits: (known?.computeUnits ?? 0) + computeUnits,
      bytes: (known?.bytes ?? 0) + sizeOf(feePayer, instructions),
      lamports: (known?.lamports ?? 0n) + before - this.#balance(feePayer),
    });
  }

  /** Sends what belongs to many jobs in as few transactions as their size allows; each group stays together. */
  async sendBatched(what: string, feePayer: KeyPairSigner, groups: readonly Instruction[][]): Promise<void> {
    let batch: Instruction[] = [];
    for (const group of groups) {
      const larger = [...batch, ...group];
      if (batch.length > 0 && !fitsTransaction(larger, feePayer.address)) {
        await this.send(what, feePayer, ...batch);
        batch = group;
      } else batch = larger;
    }
    if (batch.length > 0) await this.send(what, feePayer, ...batch);
  }

  #balance({ address }: KeyPairSigner): bigint {
    return this.#world.chain.svm.getBalance(address) ?? 0n;
  }
}

function sizeOf(feePayer: KeyPairSigner, instructions: readonly Instruction[]): number {
  return getTransactionMessageSize(
    pipe(
      createTransactionMessage({ version: 0 }),
      (message) => setTransactionMessageFeePayer(feePayer.address, message),
      (message) => appendTransactionMessageInstructions(instructions, message),
    ),
  );
}
