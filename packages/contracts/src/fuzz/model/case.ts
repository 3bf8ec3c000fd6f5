import type { Escrow, Model, Node, Token } from "./state.ts";
import { openToken } from "./state.ts";

/** What an argument can be: a number, a label or an account's name. */
export type Value = number | bigint | string | readonly (number | bigint | string)[];

/** One instruction, with names instead of addresses. */
export interface Call {
  readonly program: "escrow" | "registry";
  /** As in the program's IDL. */
  readonly name: string;
  /** The account in each role. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly args: Readonly<Record<string, Value>>;
  /** Accounts that sign; usually those in a signer's role. */
  readonly signers: ReadonlySet<string>;
  /** Accounts that may change; usually those in a role that changes. */
  readonly writable: ReadonlySet<string>;
}

/**
 * An instruction against a model: collects every reason to refuse it. Which of several the program names depends on
 * the order of its checks, which is not part of the rules; if there is one reason, it must be that one.
 */
export class Case {
  readonly refusals = new Set<string>();
  /** What else a program may name if it refuses anyway. */
  readonly alternatives = new Set<string>();
  readonly model: Model;
  readonly call: Call;

  constructor(model: Model, call: Call) {
    this.model = model;
    this.call = call;
  }

  /** Notes the refusals unless the condition holds. */
  unless(condition: boolean, ...refusals: string[]): boolean {
    if (!condition) for (const refusal of refusals) this.refusals.add(refusal);
    return condition;
  }

  /** What every instruction looks at, whatever else it finds. */
  lookAtRights(
    roles: readonly { readonly name: string; readonly signer: boolean; readonly writable: boolean }[],
  ): void {
    const { program } = this.call;
    for (const { name, signer, writable } of roles) {
      if (signer) this.unless(this.signs(name), `${program}.wrongSigner`);
      if (writable && !this.call.writable.has(this.account(name))) this.alternatives.add(`${program}.notWritable`);
    }
    if (this.call.accounts.tokenProgram !== "tokenProgram") this.alternatives.add(`${program}.wrongTokenProgram`);
    if (this.call.accounts.treasury !== this.model.platform.treasury) this.alternatives.add("escrow.wrongTreasury");
  }

  account(role: string): string {
    const name = this.call.accounts[role];
    if (name === undefined) throw new Error(`${this.call.name} has no account ${role}`);
    return name;
  }

  number(argument: string): number {
    return Number(this.call.args[argument]);
  }

  /** A number of 64 bits. */
  big(argument: string): bigint {
    return BigInt.asUintN(64, BigInt(this.call.args[argument] as bigint | number));
  }

  /** A number of 64 bits with a sign. */
  time(argument: string): bigint {
    return BigInt.asIntN(64, this.big(argument));
  }

  label(argument: string): string {
    return String(this.call.args[argument]);
  }

  /** Does the account in this role sign? An account in two roles has the rights of both. */
  signs(role: string): boolean {
    return this.call.signers.has(this.account(role));
  }

  writable(...roles: string[]): void {
    for (const role of roles) {
      this.unless(this.call.writable.has(this.account(role)), `${this.call.program}.notWritable`);
    }
  }

  /** The account in the role is this one. */
  is(role: string, name: string, refusal: string): boolean {
    return this.unless(this.account(role) === name, refusal);
  }

  /** The account in the role is this wallet, and signs. */
  signedBy(role: string, ...wallets: string[]): boolean {
    const right = this.signs(role) && wallets.includes(this.account(role));
    return this.unless(right, `${this.call.program}.wrongSigner`);
  }

  escrowIn(role = "escrow"): Escrow | undefined {
    const escrow = this.model.escrows.get(this.account(role));
    return escrow?.exists ? escrow : undefined;
  }

  nodeIn(role: string): Node | undefined {
    const node = this.model.nodes.get(this.account(role));
    return node?.exists ? node : undefined;
  }

  tokenIn(role: string): Token | undefined {
    return openToken(this.model, this.account(role));
  }

  /** The account in the role can take tokens of the platform's mint. */
  canReceive(role: string): boolean {
    return this.tokenIn(role)?.mint === "mint";
  }

  /** The account in the role is a token account of the platform's mint that belongs to `owner`. */
  belongsTo(role: string, owner: string): boolean {
    return this.canReceive(role) && this.tokenIn(role)?.owner === owner;
  }
}

/** Looks at a case, notes what speaks against it, and says what happens if nothing does. */
export type Rule = (given: Case) => (() => void) | undefined;
