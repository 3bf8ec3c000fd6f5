import { getMintDecoder } from "@solana-program/token";
import type { Field, Idl } from "./idl.ts";
import type { Machine } from "./machine.ts";
import type { Value } from "./model/case.ts";
import { labelOf } from "./model/hashes.ts";
import type { Model } from "./model/state.ts";
import { readFields } from "./wire.ts";

/** Names of the model's own, for which no account has a field. */
const OWN = new Set(["name", "exists", "stakeVault"]);

export interface Programs {
  readonly escrow: Idl;
  readonly registry: Idl;
}

/** Compares accounts of the chain with what the model has; says what differs. */
export class Comparison {
  readonly #machine: Machine;
  readonly #programs: Programs;
  readonly #minted: bigint;
  readonly #wanted = new Map<string, ReadonlySet<string>>();

  constructor(machine: Machine, programs: Programs, minted: bigint) {
    this.#machine = machine;
    this.#programs = programs;
    this.#minted = minted;
  }

  /** Differences of the named accounts; those that the model does not know are left out. */
  differences(model: Model, names: Iterable<string>): string[] {
    const found: string[] = [];
    for (const name of new Set(names)) found.push(...this.#differencesOf(model, name));
    return found;
  }

  #differencesOf(model: Model, name: string): string[] {
    const { escrow, registry } = this.#programs;
    const [anEscrow, aNode, aToken] = [model.escrows.get(name), model.nodes.get(name), model.tokens.get(name)];
    if (anEscrow !== undefined) return this.#fields(name, escrow, "escrow", anEscrow, anEscrow.exists);
    if (aNode !== undefined) return this.#fields(name, registry, "node", aNode, aNode.exists);
    if (name === "platform") return this.#fields(name, escrow, "platform", model.platform, true);
    if (name === "registry") return this.#fields(name, registry, "registry", model.registry, true);
    if (aToken !== undefined) return this.#token(name, aToken);
    if (name === "mint") return this.#supply(model);
    return [];
  }

  #fields(name: string, idl: Idl, account: string, expected: object, exists: boolean): string[] {
    const data = this.#machine.account(name)?.data();
    if (!exists || data === undefined || data.length === 0) {
      return exists === (data !== undefined && data.length > 0)
        ? []
        : [`${name}: there is ${exists ? "no" : "an"} account`];
    }
    const fields = idl.accounts.get(account) as readonly Field[];
    const wanted = this.#wantedOf(account, fields, expected);
    const actual = readFields(fields, data, wanted, this.#machine.cast, labelOf);
    const model = expected as Record<string, Value>;
    return Object.entries(actual).flatMap(([field, value]) =>
      value === model[field] ? [] : [`${name}.${field}: chain ${value}, model ${model[field]}`],
    );
  }

  #wantedOf(account: string, fields: readonly Field[], expected: object): ReadonlySet<string> {
    const known = this.#wanted.get(account);
    if (known !== undefined) return known;
    const there = new Set(fields.map(({ name }) => name));
    const wanted = new Set(Object.keys(expected).filter((key) => !OWN.has(key)));
    for (const key of wanted) if (!there.has(key)) throw new Error(`${account} has no field ${key}`);
    this.#wanted.set(account, wanted);
    return wanted;
  }

  #token(name: string, expected: { owner: string; amount: bigint; open: boolean }): string[] {
    const data = this.#machine.account(name)?.data();
    if (data === undefined || data.length !== 165) return expected.open ? [`${name}: there is no token account`] : [];
    if (!expected.open) return [`${name}: there is a token account`];
    const amount = new DataView(data.buffer, data.byteOffset).getBigUint64(64, true);
    const owner = this.#machine.cast.nameOf(data.subarray(32, 64));
    return [
      ...(amount === expected.amount ? [] : [`${name}: chain ${amount}, model ${expected.amount}`]),
      ...(owner === expected.owner ? [] : [`${name}: chain says owner ${owner}, model ${expected.owner}`]),
    ];
  }

  #supply(model: Model): string[] {
    const data = this.#machine.account("mint")?.data() ?? new Uint8Array(82);
    const supply = getMintDecoder().decode(data).supply;
    const expected = this.#minted - model.burned;
    return supply === expected ? [] : [`mint: chain ${supply}, model ${expected}`];
  }
}
