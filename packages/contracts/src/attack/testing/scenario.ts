import type { Address, Instruction } from "@solana/kit";
import type { Chain } from "../../testing/chain.ts";

/** A world in which one instruction succeeds, ready to have its accounts exchanged. */
export interface Scenario {
  readonly chain: Chain;
  readonly instruction: Instruction;
  /** By the name of a slot: real accounts that could be mistaken for the right one, for slots that nobody signs for. */
  readonly rivals: Rivals;
  /** Everybody who could sign, with or without a right to. */
  readonly people: readonly Rival[];
}

/** By the name of an account in an instruction: what is like it, but somebody else's or of another use. */
export type Rivals = Readonly<Record<string, readonly Rival[]>>;

/** A real account that is not the one meant. */
export interface Rival {
  /** Whose or which it is. */
  readonly what: string;
  readonly address: Address;
}

/** A way to a valid instruction. */
export type ScenarioBuilder = () => Promise<Scenario>;

/** By an instruction's name: ways to it, each by a name that says what is particular about it. */
export type Scenarios = Readonly<Record<string, Readonly<Record<string, ScenarioBuilder>>>>;
