import { chainTime } from "@cyxwiz/chain";
import type { Claim } from "@cyxwiz/node";
import { Command } from "commander";
import { z } from "zod";
import { checkedArgument } from "../options/checked-option.ts";
import { addDataDirOption } from "../options/common.ts";
import { withWallet } from "../options/on-chain.ts";
import { words } from "../output/names.ts";
import { formatMoment } from "../output/time.ts";

const jobId = z.uuid("expected the job's id, a UUID").toLowerCase();

export function claimCommand(): Command {
  const command = new Command("claim")
    .description("get the pay for a finished job without Central: proves the work, and after the window is paid")
    .addArgument(checkedArgument("<job>", "the job's id", { schema: jobId }));
  return withWallet<{ dataDir: string }, [job: string]>(
    addDataDirOption(command, "node"),
    "node",
    async (context, flags, job) => {
      const { output, chain, signal } = context;
      // Loaded only here: it brings the whole node along.
      const { claimPayment } = await import("@cyxwiz/node");
      const claim = await claimPayment({ ...context, dataDir: flags.dataDir, jobId: job });
      const { kind, ...more } = claim;
      output.tell(describe(claim, await chainTime(chain, signal)), { event: kind, jobId: job, ...more });
    },
  );
}

function describe(claim: Claim, now: bigint): string {
  switch (claim.kind) {
    case "paid":
      return `paid\n  tx ${claim.signature}`;
    case "proven":
      return `the work is proven on chain; claim again from ${formatMoment(claim.payableFrom, now)}`;
    case "disputed":
      return "the job is disputed, and the arbiter decides; `cyxwiz wallet evidence` shows yours";
    case "settled":
      return `it is settled: ${words(claim.outcome)}`;
  }
}
