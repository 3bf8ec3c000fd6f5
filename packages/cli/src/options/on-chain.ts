import { type Chain, createChain, loadKeypairFile } from "@cyxwiz/chain";
import type { KeyPairSigner } from "@solana/kit";
import type { Command } from "commander";
import { createOutput, type Output } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";
import { addChainOptions, addCommonOptions, addWalletOption, type ChainOptions, type CommonOptions } from "./common.ts";

/** What a command that reads the chain works with. */
export interface ChainContext {
  readonly chain: Chain;
  readonly output: Output;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** What a command that acts on the chain works with. */
export interface WalletContext extends ChainContext {
  /** Signs and pays the fees. */
  readonly wallet: KeyPairSigner;
}

/** Flags of a command that reads the chain. */
export interface ChainFlags extends CommonOptions, ChainOptions {}

/** Flags of a command that acts on the chain. */
export interface WalletFlags extends ChainFlags {
  readonly wallet: string;
}

/** What a command does: with its context, its flags, and its arguments in order, as they were checked. */
export type Action<Context, Flags, Args extends readonly unknown[]> = (
  context: Context,
  flags: Flags,
  ...args: Args
) => Promise<void>;

/** Completes a command that reads the chain: its flags, and its action with the chain they name. */
export function onChain<Flags extends object, Args extends readonly unknown[] = []>(
  command: Command,
  action: Action<ChainContext, Flags & ChainFlags, Args>,
): Command {
  return addCommonOptions(addChainOptions(command)).action(async (...given: unknown[]) => {
    const { args, flags } = split<Flags & ChainFlags, Args>(given);
    await action(contextOf(flags), flags, ...args);
  });
}

/**
 * Completes a command that acts on the chain with a wallet.
 *
 * @param whose whose key file it is, for the help
 * @param readsInput whether the command reads its standard input
 * @example
 * withWallet<{ to: Address }>(new Command("give"), "payer", async ({ chain, wallet }, { to }) => { … });
 */
export function withWallet<Flags extends object, Args extends readonly unknown[] = []>(
  command: Command,
  whose: string,
  action: Action<WalletContext, Flags & WalletFlags, Args>,
  readsInput: (flags: Flags) => boolean = () => false,
): Command {
  return addCommonOptions(addChainOptions(addWalletOption(command, whose))).action(async (...given: unknown[]) => {
    const { args, flags } = split<Flags & WalletFlags, Args>(given);
    const wallet = await loadKeypairFile(flags.wallet);
    // Where the command reads its standard input, its end says nothing of the parent.
    const exitWithParent = flags.exitWithParent && !readsInput(flags);
    await action({ ...contextOf({ ...flags, exitWithParent }), wallet }, flags, ...args);
  });
}

// Commander passes a command's arguments, then its flags, then the command itself.
function split<Flags, Args>(given: readonly unknown[]): { args: Args; flags: Flags } {
  return { args: given.slice(0, -2) as Args, flags: given.at(-2) as Flags };
}

function contextOf(flags: ChainFlags): ChainContext {
  const signal = stopSignal(flags);
  const chain = createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl, signal });
  return { chain, output: createOutput(flags), signal };
}
