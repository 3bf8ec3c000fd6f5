import type { Engine } from "@cyxwiz/engine";
import type { Command } from "commander";
import { addCentralClientOptions, addDataDirOption, type CentralClientOptions } from "./common.ts";
import { type Action, type WalletContext, type WalletFlags, withWallet } from "./on-chain.ts";
import { readPem } from "./read-pem.ts";

/** What a command that acts on a payer's jobs works with. */
export interface EngineContext extends WalletContext {
  readonly engine: Engine;
}

/** Flags of a command that acts on a payer's jobs. */
export interface EngineFlags extends WalletFlags, CentralClientOptions {
  readonly dataDir: string;
}

/** Completes a command that acts on a payer's jobs: its flags, and its action with an Engine. */
export function withEngine<Flags extends object, Args extends readonly unknown[] = []>(
  command: Command,
  action: Action<EngineContext, Flags & EngineFlags, Args>,
): Command {
  const complete = addDataDirOption(addCentralClientOptions(command), "engine");
  return withWallet<Flags & EngineFlags, Args>(complete, "payer", async (context, flags, ...args) => {
    const certificatePem = await readPem(flags.centralCertificate);
    const [{ createEngine }, { createChain }] = await Promise.all([import("@cyxwiz/engine"), import("@cyxwiz/chain")]);
    const engine = createEngine({
      central: { url: flags.centralUrl, ...(certificatePem === undefined ? {} : { certificatePem }) },
      // One that a request to stop does not end: what is in escrow then still has to come back.
      chain: createChain({ rpcUrls: [flags.rpcUrl], wsUrl: flags.wsUrl }),
      wallet: context.wallet,
      dataDir: flags.dataDir,
    });
    try {
      await action({ ...context, engine }, flags, ...args);
    } finally {
      engine.close();
    }
  });
}
