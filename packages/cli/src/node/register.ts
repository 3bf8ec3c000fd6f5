import { mkdir } from "node:fs/promises";
import { registerNode } from "@cyxwiz/node/operator";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { addDataDirOption } from "../options/common.ts";
import { withWallet } from "../options/on-chain.ts";
import { host } from "../options/schemas.ts";

interface RegisterFlags {
  readonly dataDir: string;
  readonly publicHost: string;
  readonly name: string;
}

export function registerCommand(): Command {
  const command = new Command("register")
    .description("register the node on chain, with the certificate it will serve; running it does the same")
    .addOption(
      checkedOption("--public-host <host>", "where clients reach this node; goes into its certificate", {
        schema: host,
        env: "CYXWIZ_NODE_PUBLIC_HOST",
        default: "127.0.0.1",
      }),
    )
    .addOption(
      checkedOption("--name <name>", "goes into its certificate", {
        schema: z.string().max(100),
        default: "cyxwiz-node",
      }),
    );
  return withWallet<RegisterFlags>(addDataDirOption(command, "node"), "node", async (context, flags) => {
    const { output, wallet } = context;
    await mkdir(flags.dataDir, { recursive: true });
    const machine = { dataDir: flags.dataDir, name: flags.name, host: flags.publicHost, nowMs: Date.now() };
    const done = await registerNode(context, machine);
    const text = {
      registered: `registered ${wallet.address}; \`cyxwiz node stake\` comes next`,
      updated: "certificate and hardware renewed on chain",
      unchanged: "registered already, and nothing has changed",
    }[done.change];
    const transaction = done.signature === undefined ? "" : `\n  tx ${done.signature}`;
    output.tell(`${text}\n  certificate ${done.certificateSha256}${transaction}`, {
      event: done.change,
      wallet: wallet.address,
      node: done.node,
      certificateSha256: done.certificateSha256,
      ...(done.signature === undefined ? {} : { signature: done.signature }),
    });
  });
}
