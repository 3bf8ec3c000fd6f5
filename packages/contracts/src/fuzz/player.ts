import type { Calls } from "./calls.ts";
import { Comparison, type Programs } from "./compare.ts";
import { MINTED, tokenBytes } from "./genesis.ts";
import type { InstructionSpec } from "./idl.ts";
import { Ledger } from "./invariants.ts";
import type { Machine, Refusal } from "./machine.ts";
import { type Call, Case } from "./model/case.ts";
import type { Rules } from "./model/rules.ts";
import { type Model, move } from "./model/state.ts";
import type { Deed } from "./steps.ts";
import type { TokenDeed } from "./token-deeds.ts";
import { encodeData, type WireInstruction } from "./wire.ts";

/** Chain and model disagree, or a rule above both is broken. */
export class Disagreement extends Error {}

/** Does deeds on the chain and in the model, and holds them against each other. */
export class Player {
  readonly machine: Machine;
  readonly calls: Calls;
  readonly model: Model;
  /** What was done so far, one line each. */
  readonly story: string[] = [];
  /** How often each instruction succeeded and was refused. */
  readonly counts: Map<string, [number, number]>;
  readonly #rules: Rules;
  readonly #programs: Programs;
  readonly #comparison: Comparison;
  readonly #ledger: Ledger;

  constructor(
    machine: Machine,
    calls: Calls,
    programs: Programs,
    genesis: Model,
    rules: Rules,
    counts: Map<string, [number, number]>,
  ) {
    this.machine = machine;
    this.calls = calls;
    this.model = structuredClone(genesis);
    this.counts = counts;
    this.#rules = rules;
    this.#programs = programs;
    this.#comparison = new Comparison(machine, programs, MINTED);
    this.#ledger = new Ledger(this.model, MINTED);
    machine.restore();
    machine.setTime(this.model.now, this.model.slot);
  }

  do(deed: Deed): void {
    switch (deed.kind) {
      case "call":
        this.call(deed.call);
        return;
      case "clock":
        this.clock(deed.now, deed.slot);
        return;
      case "token":
        this.#token(deed.deed);
        return;
      case "nothing":
        return;
    }
  }

  clock(now: bigint, slot: bigint): void {
    this.story.push(`time +${now - this.model.now} s, slot +${slot - this.model.slot}`);
    this.model.now = now;
    this.model.slot = slot;
    this.machine.setTime(now, slot);
  }

  /** Sends the call; says whether the chain took it. */
  call(call: Call): boolean {
    this.story.push(describe(call, this.calls.spec(call)));
    const rule = this.#rules[call.program][call.name];
    if (rule === undefined) throw new Error(`the model knows no ${call.name}`);
    const given = new Case(this.model, call);
    given.lookAtRights(this.calls.spec(call).accounts);
    const effect = rule(given);
    const actual = nameOf(this.machine.run(this.#wire(call)), this.#programs);
    this.#note(actual);
    const count = this.counts.get(call.name) ?? [0, 0];
    count[actual === undefined ? 0 : 1] += 1;
    this.counts.set(call.name, count);
    if (given.refusals.size > 0 || effect === undefined) {
      if (actual === undefined)
        this.#disagree(`the chain takes it, the model refuses: ${[...given.refusals].join(", ")}`);
      if (!given.refusals.has(actual as string) && !given.alternatives.has(actual as string)) {
        this.#disagree(`the chain refuses with ${actual}, the model with ${[...given.refusals].join(", ")}`);
      }
      return false;
    }
    if (actual !== undefined) this.#disagree(`the model takes it, the chain refuses with ${actual}`);
    effect();
    this.#compare(Object.values(call.accounts));
    this.#complain(this.#ledger.afterCall(this.model, call));
    return true;
  }

  /** Compares everything there is. */
  compareAll(): void {
    this.#compare(this.machine.cast.names());
  }

  takeBack(account: string, owner: string): void {
    this.#token({ what: "own", account, to: owner, amount: 0n });
  }

  reopen(account: string, owner: string): void {
    if (this.model.tokens.get(account)?.open === false) this.#token({ what: "open", account, to: owner, amount: 0n });
  }

  #token(deed: TokenDeed): void {
    const { model, machine } = this;
    const token = model.tokens.get(deed.account);
    if (token === undefined) return;
    this.story.push(`${deed.what} ${deed.account} → ${deed.to} ${deed.amount}`);
    const send = (data: readonly number[], accounts: readonly string[], writable: readonly string[]) => {
      const signers = new Set([token.owner]);
      const wire = {
        program: "tokenProgram",
        accounts,
        signers,
        writable: new Set(writable),
        data: Uint8Array.from(data),
      };
      const refusal = machine.run(wire);
      if (refusal !== undefined) this.#disagree(`the token program refuses with ${refusal}`);
    };
    const u64 = (value: bigint) => [...new Uint8Array(BigUint64Array.of(value).buffer)];
    if (deed.amount > 0n) {
      const [from, to] = [deed.account, deed.to];
      send([3, ...u64(deed.amount)], [from, to, token.owner], [from, to]);
      move(model, from, to, deed.amount);
      this.#ledger.donated(to, deed.amount);
    }
    switch (deed.what) {
      case "close":
        send([9], [deed.account, token.owner, token.owner], [deed.account, token.owner]);
        token.open = false;
        break;
      case "open":
        machine.make(deed.account, "tokenProgram", tokenBytes(machine.cast, deed.to, "mint", 0n));
        Object.assign(token, { open: true, owner: deed.to, amount: 0n });
        break;
      case "own":
        send([6, 2, 1, ...machine.cast.bytes(deed.to)], [deed.account, token.owner], [deed.account]);
        token.owner = deed.to;
    }
    this.#ledger.settled(model);
    this.#compare([deed.account, deed.to]);
    this.#complain(this.#ledger.always(model));
  }

  #wire(call: Call): WireInstruction {
    const spec = this.calls.spec(call);
    const { cast } = this.machine;
    return {
      program: `${call.program}Program`,
      accounts: spec.accounts.map(({ name }) => call.accounts[name] as string),
      signers: call.signers,
      writable: call.writable,
      data: encodeData(spec, call.args, cast),
    };
  }

  #compare(names: Iterable<string>): void {
    const differences = this.#comparison.differences(this.model, names);
    if (differences.length > 0) this.#disagree(differences.join("; "));
  }

  #complain(broken: readonly string[]): void {
    if (broken.length > 0) this.#disagree(`broken: ${broken.join("; ")}`);
  }

  #note(text: string | undefined): void {
    this.story[this.story.length - 1] += text === undefined ? "" : ` ✗ ${text}`;
  }

  #disagree(what: string): never {
    throw new Disagreement(what);
  }
}

/** As the model calls it, e.g. "escrow.wrongSigner". */
function nameOf(refusal: Refusal, programs: Programs): string | undefined {
  if (refusal === undefined || refusal === "runtime") return refusal;
  const [escrow, registry] = [programs.escrow.errors.get(refusal), programs.registry.errors.get(refusal)];
  if (escrow !== undefined) return `escrow.${escrow}`;
  if (registry !== undefined) return `registry.${registry}`;
  return TOKEN_ERRORS.get(refusal) ?? `error ${refusal}`;
}

const TOKEN_ERRORS = new Map([
  [1, "token.insufficientFunds"],
  [3, "token.mintMismatch"],
  [4, "token.ownerMismatch"],
]);

/** The call in one line; roles that lack a right which they should have are marked. */
function describe({ name, accounts, args, signers, writable }: Call, { accounts: roles }: InstructionSpec): string {
  const list = (entries: readonly (readonly [string, unknown])[]) =>
    entries.map(([key, value]) => `${key} ${value}`).join(", ");
  const named = roles.map((role) => {
    const account = accounts[role.name] as string;
    const unsigned = role.signer && !signers.has(account) ? " UNSIGNED" : "";
    const frozen = role.writable && !writable.has(account) ? " READ-ONLY" : "";
    return [role.name, `${account}${unsigned}${frozen}`] as const;
  });
  return `${[...signers].join("+") || "nobody"}: ${name}(${list(Object.entries(args))}) on ${list(named)}`;
}
