import { type AccountMeta, type Address, generateKeyPairSigner, type Instruction, type Lamports } from "@solana/kit";
import { getMintEncoder, TOKEN_PROGRAM_ADDRESS } from "@solana-program/token";
import { CYXWIZ_DECIMALS } from "../../economy.ts";
import type { Chain } from "../../testing/chain.ts";
import { closedAccount } from "./account-kind.ts";
import type { IdlInstruction, Slot } from "./idl.ts";
import type { Rival, Scenario } from "./scenario.ts";
import { Snapshot } from "./snapshot.ts";
import {
  type Bystanders,
  SUBSTITUTION_NAMES,
  SUBSTITUTIONS,
  type Substitute,
  type Substitution,
} from "./substitution.ts";
import { rehearse, run, trustSigners, type Verdict } from "./verdict.ts";

/** Of all programs that are not ours, the one whose accounts look most like those we take. */
const TOKEN_2022_PROGRAM_ADDRESS = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb" as Address;

/** One case of the matrix and what came of it. */
export interface Case {
  /** E.g. `jobEscrow.anchorRoot`. */
  readonly instruction: string;
  /** Which of the instruction's scenarios. */
  readonly variant: string;
  readonly slot: string;
  readonly substitution: Substitution;
  readonly detail: string;
  readonly verdict: Verdict;
  /** Did any account of the case change? */
  readonly changed: boolean;
}

/** Runs a valid instruction with each account exchanged for everything it could be mistaken for, one at a time. */
export async function runMatrix(
  { program, name, slots }: IdlInstruction,
  variant: string,
  scenario: Scenario,
): Promise<Case[]> {
  const { chain, instruction } = scenario;
  const metas = (instruction.accounts ?? []) as readonly AccountMeta[];
  if (metas.length !== slots.length) throw new Error(`${name} has ${metas.length} accounts, its IDL ${slots.length}`);
  const shared = slots.filter((_, at) =>
    metas.some((meta, other) => other < at && meta.address === metas[at]!.address),
  );
  if (shared.length > 0)
    throw new Error(`${name}: ${shared.map((slot) => slot.name).join(", ")} stand for two accounts`);

  trustSigners(chain);
  const bystanders = await createBystanders(chain);
  const feePayer = (await chain.wallet()).address;
  // Otherwise a case might be refused for a reason of its own.
  const unharmed = rehearse(chain, feePayer, instruction);
  if (unharmed !== "ok") throw new Error(`${name} does not succeed with its own accounts: ${unharmed}`);

  const cases: Case[] = [];
  for (const [index, slot] of slots.entries()) {
    const meta: AccountMeta = { address: metas[index]!.address, role: metas[index]!.role };
    const others = slots.map((other, at) => ({ name: other.name, meta: metas[at]! })).filter((_, at) => at !== index);
    for (const substitution of SUBSTITUTION_NAMES) {
      const account = chain.svm.getAccount(meta.address);
      const called = instruction.programAddress;
      const place = { slot, account, meta, others, called, rivals: rivalsOf(slot, scenario, meta.address), bystanders };
      for (const substitute of SUBSTITUTIONS[substitution](place)) {
        const outcome = attempt(chain, feePayer, replace(instruction, index, substitute.meta), substitute);
        cases.push({
          instruction: `${program}.${name}`,
          variant,
          slot: slot.name,
          substitution,
          detail: substitute.detail ?? "",
          ...outcome,
        });
      }
    }
  }
  // And the world is as it was.
  const after = run(chain, feePayer, instruction);
  if (after !== "ok") throw new Error(`${name} does not succeed any more after all cases: ${after}`);
  return cases;
}

function rivalsOf({ name, isSigner }: Slot, { rivals, people }: Scenario, address: Address): readonly Rival[] {
  return (isSigner ? people : (rivals[name] ?? [])).filter((rival) => rival.address !== address);
}

function replace(instruction: Instruction, index: number, meta: AccountMeta): Instruction {
  return { ...instruction, accounts: (instruction.accounts ?? []).with(index, meta) };
}

/** Runs the instruction with the substitute in place, looks at every account, and puts all back. */
function attempt(
  chain: Chain,
  feePayer: Address,
  instruction: Instruction,
  { forged }: Substitute,
): Pick<Case, "verdict" | "changed"> {
  const original = forged && chain.svm.getAccount(forged.address);
  if (forged) chain.svm.setAccount(forged);
  const before = new Snapshot(chain, instruction, feePayer);
  const verdict = run(chain, feePayer, instruction);
  const changed = before.restore();
  if (forged) chain.svm.setAccount(original?.exists ? original : closedAccount(forged.address));
  return { verdict, changed };
}

async function createBystanders(chain: Chain): Promise<Bystanders> {
  const [mint, nowhere] = [await generateKeyPairSigner(), await generateKeyPairSigner()];
  const data = getMintEncoder().encode({
    mintAuthority: mint.address,
    supply: 0n,
    decimals: CYXWIZ_DECIMALS,
    isInitialized: true,
    freezeAuthority: null,
  });
  chain.svm.setAccount({
    address: mint.address,
    data,
    executable: false,
    lamports: chain.svm.minimumBalanceForRentExemption(BigInt(data.length)) as Lamports,
    programAddress: TOKEN_PROGRAM_ADDRESS,
    space: BigInt(data.length),
  });
  return {
    wallet: (await chain.wallet()).address,
    program: TOKEN_2022_PROGRAM_ADDRESS,
    mint: mint.address,
    nowhere: nowhere.address,
  };
}
