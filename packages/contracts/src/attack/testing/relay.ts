import { readFileSync } from "node:fs";
import { type AccountMeta, type Address, generateKeyPairSigner, type Instruction } from "@solana/kit";
import type { Chain } from "../../testing/chain.ts";

/** Puts the stranger's program into a chain (see fixtures/relay), at an address of its own or at the given one. */
export async function addRelay(chain: Chain, address?: Address): Promise<Address> {
  const at = address ?? (await generateKeyPairSigner()).address;
  chain.svm.addProgram(at, new Uint8Array(readFileSync(new URL("../fixtures/relay.so", import.meta.url))));
  return at;
}

/** The same instruction, made by a program that is called by a program that is called … `times` times. */
export function relayed(relay: Address, instruction: Instruction, times = 1): Instruction {
  const calls: AccountMeta[] = Array.from({ length: times - 1 }, () => ({ address: relay, role: 0 }));
  return {
    programAddress: relay,
    accounts: [...calls, { address: instruction.programAddress, role: 0 }, ...(instruction.accounts ?? [])],
    ...(instruction.data ? { data: instruction.data } : {}),
  };
}
