import type { Engine } from "@cyxwiz/engine";
import type { Command } from "commander";
import { createOutput, type Output } from "../output/output.ts";
import { stopSignal } from "../process/stop-signal.ts";
import {
  addCentralClientOptions,
  addChainOptions,
  addCommonOptions,
  addDataDirOption,
  addWalletOption,
  type CentralClientOptions,
  type ChainOptions,
  type CommonOptions,
} from "./common.ts";
import { readPem } from "./read-pem.ts";

/** What a command that acts on a payer's jobs works with. */
export interface EngineContext {
  readonly engine: Engine;
  readonly output: Output;
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal;
}

/** Flags of a command that acts on a payer's jobs. */
export interface EngineFlags extends CommonOptions, ChainOptions, CentralClientOptions {
  readonly wallet: string;
  readonly dataDir: string;
}

/** Completes a command that acts on a payer's jobs: its flags, and its action with an Engine. */
export function withEngine<Flags extends object>(
  command: Command,
  action: (context: EngineContext, flags: Flags & EngineFlags, ...args: string[]) => Promise<void>,
): Command {
  return addCommonOptions(
    addDataDirOption(addCentralClientOptions(addChainOptions(addWalletOption(command, "payer"))), "engine"),
  ).action(async (...given: unknown[]) => {
    // Commander passes a command's arguments, then its flags, then the command itself.
    const flags = given.at(-2) as Flags & EngineFlags;
    const signal = stopSignal(flags);
    const [{ createEngine }, { createChain, loadKeypairFile }] = await Promise.all([
      import("@cyxwiz/engine"),
      import("@cyxwiz/chain"),
    ]);
    const certificatePem = await readPem(flags.centralCertificate);
    const engine = createEngine({
      central: { url: flags.centralUrl, ...(certificatePem === undefined ? {} : { certificatePem }) },
      chain: createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl }),
      wallet: await loadKeypairFile(flags.wallet),
      dataDir: flags.dataDir,
    });
    try {
      await action({ engine, output: createOutput(flags), signal }, flags, ...(given.slice(0, -2) as string[]));
    } finally {
      engine.close();
    }
  });
}
