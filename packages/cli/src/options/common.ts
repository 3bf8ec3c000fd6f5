import { homedir } from "node:os";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { z } from "zod";
import { checkedOption } from "./checked-option.ts";
import { httpsUrl, httpUrl, wsUrl } from "./schemas.ts";

/** Flags of every command. */
export interface CommonOptions {
  readonly json: boolean;
  readonly exitWithParent: boolean;
}

export function addCommonOptions(command: Command): Command {
  return command
    .addOption(new Option("--json", "print one JSON object a line").default(false))
    .addOption(new Option("--exit-with-parent", "end when standard input closes").default(false).hideHelp());
}

/** Flags of every command that talks to the chain. */
export interface ChainOptions {
  readonly rpcUrl: string;
  readonly wsUrl: string;
}

export function addChainOptions(command: Command): Command {
  return command
    .addOption(
      checkedOption("--rpc-url <url>", "Solana JSON-RPC", {
        schema: httpUrl,
        env: "CYXWIZ_RPC_URL",
        default: "http://127.0.0.1:8899",
      }),
    )
    .addOption(
      checkedOption("--ws-url <url>", "Solana subscriptions", {
        schema: wsUrl,
        env: "CYXWIZ_WS_URL",
        default: "ws://127.0.0.1:8900",
      }),
    );
}

/** Flags of every command that talks to Central. */
export interface CentralClientOptions {
  readonly centralUrl: string;
  readonly centralCertificate?: string;
}

export function addCentralClientOptions(command: Command): Command {
  return command
    .addOption(
      checkedOption("--central-url <url>", "Central's address", {
        schema: httpsUrl,
        env: "CYXWIZ_CENTRAL_URL",
        default: "https://127.0.0.1:50051",
      }),
    )
    .addOption(
      checkedOption("--central-certificate <file>", "accept exactly this certificate of Central (PEM)", {
        schema: z.string().min(1),
        env: "CYXWIZ_CENTRAL_CERTIFICATE",
      }),
    );
}

/** A wallet's key file. */
export function addWalletOption(command: Command, what = "wallet"): Command {
  return command.addOption(
    checkedOption("--wallet <file>", `key file of the ${what}, as solana-keygen writes it`, {
      schema: z.string().min(1),
      env: "CYXWIZ_WALLET",
      default: join(home(), "wallet.json"),
    }),
  );
}

/** Where a piece keeps what must survive it. */
export function addDataDirOption(command: Command, piece: string): Command {
  return command.addOption(
    checkedOption("--data-dir <directory>", "what must survive a restart", {
      schema: z.string().min(1),
      env: `CYXWIZ_${piece.toUpperCase()}_DATA_DIR`,
      default: join(home(), piece),
    }),
  );
}

/** Where everything of this user lives, unless a flag says otherwise. */
export function home(): string {
  return process.env.CYXWIZ_HOME ?? join(homedir(), ".cyxwiz");
}
