import { loadKeypairFile, sendAndConfirm } from "@cyxwiz/chain";
import { getUpdatePlatformInstructionAsync, getUpdateRegistryInstructionAsync, type Platform } from "@cyxwiz/contracts";
import { readRegistry } from "@cyxwiz/node/operator";
import type { Instruction } from "@solana/kit";
import { Command } from "commander";
import { addWalletOption } from "../options/common.ts";
import { type ChainContext, onChain } from "../options/on-chain.ts";
import { formatFacts } from "../output/facts.ts";
import { requirePlatform } from "../platform/read-platform.ts";
import { NOBODY, requireAdmin } from "./authorities.ts";
import { formatParameter, parametersOf, parseChanges } from "./parameters.ts";

interface ParamsFlags {
  readonly wallet: string;
  readonly set?: readonly string[];
}

export function paramsCommand(): Command {
  const command = new Command("params")
    .description("show the platform's parameters and who rules it, or change some; what is under way keeps its terms")
    .option("--set <key=value...>", "as `params` names and writes them: feeBps=900 lockSeconds=30d appealDeposit=100");
  return onChain<ParamsFlags>(addWalletOption(command, "admin"), async (context, flags) => {
    const { output } = context;
    const signature = flags.set === undefined ? undefined : await change(context, flags.wallet, flags.set);
    const accounts = await read(context);
    const [platform, registry] = parametersOf(...accounts);
    const authorities = authoritiesOf(accounts[0]);
    const section = (title: string, values: object) => {
      const facts = Object.entries(values).map(([name, value]) => [name, formatParameter(name, value)] as const);
      return `${title}\n${formatFacts(facts)}`;
    };
    const sections = [
      section("job escrow", platform),
      section("node registry", registry),
      section("authorities", authorities),
      ...(signature === undefined ? [] : [`changed\n  tx ${signature}`]),
    ];
    output.tell(sections.join("\n"), {
      event: "params",
      escrow: platform,
      registry,
      authorities,
      ...(signature === undefined ? {} : { signature }),
    });
  });
}

function authoritiesOf({ paused, admin, pendingAdmin, coordinator, arbiter, mint, treasury, insurance }: Platform) {
  const proposed = pendingAdmin === NOBODY ? {} : { proposedAdmin: pendingAdmin };
  return { takesEscrows: paused === 0, admin, ...proposed, coordinator, arbiter, mint, treasury, insurance };
}

function read(context: ChainContext) {
  return Promise.all([requirePlatform(context.chain), readRegistry(context)]);
}

async function change(context: ChainContext, walletPath: string, pairs: readonly string[]): Promise<string> {
  const { chain, signal } = context;
  const changes = parseChanges(pairs);
  const admin = await loadKeypairFile(walletPath);
  await requireAdmin("Changing parameters", { ...context, wallet: admin }, ["escrow", "registry"]);
  const [platform, registry] = parametersOf(...(await read(context)));
  const instructions: Instruction[] = [];
  if (Object.keys(changes.platform).length > 0) {
    instructions.push(await getUpdatePlatformInstructionAsync({ admin, ...platform, ...changes.platform }));
  }
  if (Object.keys(changes.registry).length > 0) {
    instructions.push(await getUpdateRegistryInstructionAsync({ admin, ...registry, ...changes.registry }));
  }
  return sendAndConfirm(chain, { what: "Change the parameters", instructions, feePayer: admin, signal });
}
