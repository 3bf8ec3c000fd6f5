import { loadJobFile } from "@cyxwiz/engine";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { followJob } from "../train/follow-job.ts";
import { jobArgument } from "./job-argument.ts";

interface AttachFlags {
  readonly output?: string;
  readonly job?: string;
}

export function attachCommand(): Command {
  const command = new Command("attach")
    .description("follow a job that another `cyxwiz train` of this wallet has submitted, to its weights and receipt")
    .addArgument(jobArgument())
    .addOption(
      checkedOption("--output <file>", "where the weights go (default: as `cyxwiz train` was told)", {
        schema: z.string().min(1),
      }),
    )
    .option("--job <file>", "the job file, where the job never got to its node, or its data is streamed from here")
    .addHelpText("after", "\nCtrl-C lets go of the job, which goes on; `cyxwiz job cancel` ends it.");
  return withEngine<AttachFlags, [jobId: string]>(command, async ({ engine, output, signal }, flags, jobId) => {
    const request = flags.job === undefined ? {} : { job: await loadJobFile(flags.job, { signal }) };
    output.event({ event: "ready", jobId });
    const job = engine.attach(jobId, { ...request, ...(flags.output === undefined ? {} : { output: flags.output }) });
    signal.addEventListener("abort", () => job.detach(), { once: true });
    if (signal.aborted) job.detach();
    await followJob(job, output);
  });
}
