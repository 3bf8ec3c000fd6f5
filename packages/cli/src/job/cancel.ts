import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { confirm, yesOption } from "../output/confirm.ts";
import { jobArgument } from "./job-argument.ts";

interface CancelFlags {
  readonly partial?: string;
  readonly reason?: string;
  readonly yes: boolean;
}

export function cancelCommand(): Command {
  const command = new Command("cancel")
    .description("end a job: its node is paid for the epochs done and a tenth of the rest; all else comes back")
    .addArgument(jobArgument())
    .addOption(
      checkedOption("--partial <file>", "fetch the weights of the last finished epoch", { schema: z.string().min(1) }),
    )
    .option("--reason <text>", "what its node and Central are told")
    .addOption(yesOption());
  return withEngine<CancelFlags, [jobId: string]>(command, async ({ engine, output, signal }, flags, jobId) => {
    await confirm(`Cancel job ${jobId}?`, { yes: flags.yes, signal });
    const { partial, reason } = flags;
    const done = await engine.cancel(jobId, {
      signal,
      ...(partial === undefined ? {} : { partial }),
      ...(reason === undefined ? {} : { reason }),
    });
    const epochs = done.epochs === undefined ? "" : ` after ${done.epochs} epochs`;
    const weights = done.partial === undefined ? "" : `\n  weights  ${done.partial}`;
    output.tell(`cancelled${epochs}: ${done.recovery}${weights}`, { event: "cancelled", jobId, ...done });
  });
}
