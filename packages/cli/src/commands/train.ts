import { CyxwizError } from "@cyxwiz/errors";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { amount } from "../options/schemas.ts";
import { withEngine } from "../options/with-engine.ts";

/** As long as nodes are kept at most. */
const RESERVE_MINUTES = 5;

interface TrainFlags {
  readonly review: boolean;
  readonly output?: string;
  readonly maxCost?: bigint;
}

export function trainCommand(): Command {
  const command = new Command("train")
    .description("have a model trained, pay for it through an escrow, and get its weights")
    .argument("<JOB.json...>", "what to train on which data, one after the other: see docs/job-format.md")
    .addHelpText("after", "\nOf several jobs the node is kept for the next one, which starts on the same connection.")
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
    )
    .option("--review", "have the node paid only after the challenge window, in which the job can be disputed", false);
  return withEngine<TrainFlags, [paths: string[]]>(command, async ({ engine, output, signal }, flags, paths) => {
    const [{ loadJobFile, sizeOf }, { followJob }] = await Promise.all([
      import("@cyxwiz/engine"),
      import("../train/follow-job.ts"),
    ]);
    if (flags.output !== undefined && paths.length > 1) {
      const problem = "--output names one file for several jobs; say it in the job files";
      throw new CyxwizError("CONFIG_INVALID", { source: "the command line", problem });
    }
    output.event({ event: "ready" });
    for (const [index, path] of paths.entries()) {
      const request = await loadJobFile(path, {
        signal,
        ...(flags.output === undefined ? {} : { output: flags.output }),
        ...(flags.maxCost === undefined ? {} : { maxCost: flags.maxCost }),
      });
      output.event({ event: "loaded", datasetBytes: sizeOf(request.dataset) });
      const reserve = index < paths.length - 1 ? { reserveMinutes: RESERVE_MINUTES } : {};
      await followJob(engine.submit({ ...request, ...reserve, review: flags.review }, { signal }), output);
    }
  });
}
