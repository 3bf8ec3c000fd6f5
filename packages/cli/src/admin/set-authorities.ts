import { allowFromTreasury } from "@cyxwiz/central/platform";
import { isTokenAccount, sendAndConfirm, tokenAllowance } from "@cyxwiz/chain";
import {
  getSetPlatformAuthoritiesInstructionAsync,
  getSetRegistryAuthoritiesInstructionAsync,
  getSetReputationCoordinatorInstructionAsync,
  REPUTATION_MANAGER_PROGRAM_ADDRESS,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { readRegistry } from "@cyxwiz/node/operator";
import type { Address, Instruction } from "@solana/kit";
import { Command } from "commander";
import { formatAmount } from "../options/amount.ts";
import { checkedOption } from "../options/checked-option.ts";
import { type ChainContext, withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";
import { formatFacts } from "../output/facts.ts";
import { requirePlatform } from "../platform/read-platform.ts";
import { requireAdmin } from "./authorities.ts";

interface AuthorityFlags {
  readonly coordinator?: Address;
  readonly arbiter?: Address;
  readonly treasury?: Address;
  readonly insurance?: Address;
}

export function setAuthoritiesCommand(): Command {
  const option = (flags: string, about: string) => checkedOption(flags, about, { schema: address });
  const command = new Command("set-authorities")
    .description("change who coordinates, who decides disputes, and where fees and slashed stake go; the rest stays")
    .addOption(option("--coordinator <address>", "Central's wallet"))
    .addOption(option("--arbiter <address>", "decides disputes, and may slash"))
    .addOption(option("--treasury <address>", "token account of the fees"))
    .addOption(option("--insurance <address>", "token account of slashed stake"));
  return withWallet<AuthorityFlags>(command, "admin", async (context, flags) => {
    const { chain, wallet: admin, output, signal } = context;
    const { coordinator, arbiter, treasury, insurance } = flags;
    if ([coordinator, arbiter, treasury, insurance].every((given) => given === undefined)) {
      const problem = "nothing to change: give --coordinator, --arbiter, --treasury or --insurance";
      throw new CyxwizError("CONFIG_INVALID", { source: "the command line", problem });
    }
    const [platform, registry, programs] = await Promise.all([
      requirePlatform(chain),
      readRegistry(context),
      requireAdmin("Changing the authorities", context),
    ]);
    const now = {
      coordinator: coordinator ?? platform.coordinator,
      arbiter: arbiter ?? platform.arbiter,
      treasury: treasury ?? platform.treasury,
      insurance: insurance ?? platform.insurance,
    };
    for (const account of [treasury, insurance])
      if (account !== undefined) await requireAccount(context, account, platform.mint);
    const instructions: Instruction[] = [
      await getSetPlatformAuthoritiesInstructionAsync({ admin, ...now }),
      await getSetRegistryAuthoritiesInstructionAsync({
        admin,
        coordinator: coordinator ?? registry.coordinator,
        arbiter: arbiter ?? registry.arbiter,
        insurance: insurance ?? registry.insurance,
        escrowProgram: registry.escrowProgram,
        reputationProgram: REPUTATION_MANAGER_PROGRAM_ADDRESS,
      }),
    ];
    if (coordinator !== undefined && programs.some(({ program }) => program === "reputation")) {
      instructions.push(await getSetReputationCoordinatorInstructionAsync({ admin, newCoordinator: coordinator }));
    }
    // A coordinator that is one no more must not go on spending the fees.
    const isReplaced = coordinator !== undefined && coordinator !== platform.coordinator;
    const fees = isReplaced ? await tokenAllowance(chain, platform.treasury, signal) : undefined;
    const left = fees?.delegate === platform.coordinator ? fees : undefined;
    const isOurs = left?.owner === admin.address;
    if (left && isOurs && coordinator !== undefined) {
      const allowance = { owner: admin, treasury: platform.treasury, mint: platform.mint, amount: left.allowed };
      instructions.push(allowFromTreasury({ ...allowance, coordinator }));
    }
    const what = "Change the authorities";
    const signature = await sendAndConfirm(chain, { what, instructions, feePayer: admin, signal });
    const stillSpends = isOurs ? undefined : left?.allowed;
    const warning =
      stillSpends === undefined
        ? ""
        : `\n  the old coordinator may still spend ${formatAmount(stillSpends)} CYXWIZ of the fees: ` +
          `\`cyxwiz admin allow-audits\` by ${left?.owner}, the treasury's owner, gives that to the new one`;
    output.tell(`${formatFacts(Object.entries(now))}\n  tx ${signature}${warning}`, {
      event: "authorities",
      ...{ ...now, signature },
      ...(stillSpends !== undefined && { oldCoordinatorMaySpend: stillSpends }),
    });
  });
}

async function requireAccount({ chain, signal }: ChainContext, account: Address, mint: Address): Promise<void> {
  if (await isTokenAccount(chain, { account, mint, signal })) return;
  const problem = "it is no token account of CYXWIZ; a wallet's is made when it gets its first tokens";
  throw new CyxwizError("CONFIG_INVALID", { source: account, problem });
}
