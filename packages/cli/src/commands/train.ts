import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { amount } from "../options/schemas.ts";
import { withEngine } from "../options/with-engine.ts";

interface TrainFlags {
  readonly output?: string;
  readonly maxCost?: bigint;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("have a model trained, pay for it through an escrow, and get its weights")
    .argument("<JOB.json>", "what to train on which data: see docs/job-format.md")
    .addOption(
      checkedOption("--output <file>", "where the weights go (default: as the job says)", {
        schema: z.string().min(1),
      }),
    )
    .addOption(
      checkedOption("--max-cost <tokens>", "refuse a dearer quote (default: as the job says)", {
        schema: amount,
        env: "CYXWIZ_MAX_COST",
      }),
    );
  return withEngine<TrainFlags, [jobPath: string]>(command, async ({ engine, output, signal }, flags, jobPath) => {
    const [{ loadJobFile }, { followJob }] = await Promise.all([
      import("@cyxwiz/engine"),
      import("../train/follow-job.ts"),
    ]);
    output.event({ event: "ready" });
    const request = await loadJobFile(jobPath, {
      signal,
      ...(flags.output === undefined ? {} : { output: flags.output }),
      ...(flags.maxCost === undefined ? {} : { maxCost: flags.maxCost }),
    });
    output.event({ event: "loaded", datasetBytes: request.dataset.length });
    await followJob(engine.submit(request, { signal }), output);
  });
}
