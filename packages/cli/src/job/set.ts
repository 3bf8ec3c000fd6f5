import { CyxwizError } from "@cyxwiz/errors";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { jobArgument } from "./job-argument.ts";

interface SetFlags {
  readonly learningRate?: number;
  readonly batchSize?: number;
  readonly fromEpoch?: number;
}

const count = z.coerce.number().int().min(1);

export function setCommand(): Command {
  const command = new Command("set")
    .description("train a running job with another learning rate or batch size from an epoch on, signed by the wallet")
    .addArgument(jobArgument())
    .addOption(checkedOption("--learning-rate <number>", "a constant one", { schema: z.coerce.number().positive() }))
    .addOption(checkedOption("--batch-size <number>", "samples a step", { schema: count }))
    .addOption(checkedOption("--from-epoch <number>", "the first one (default: the next in time)", { schema: count }));
  return withEngine<SetFlags, [jobId: string]>(command, async ({ engine, output, signal }, flags, jobId) => {
    const { learningRate, batchSize, fromEpoch } = flags;
    if (learningRate === undefined && batchSize === undefined) {
      const problem = "name --learning-rate, --batch-size or both";
      throw new CyxwizError("CONFIG_INVALID", { source: "the command line", problem });
    }
    const control = await engine.control(jobId, { signal });
    try {
      const parameters = {
        ...(learningRate === undefined ? {} : { learningRate }),
        ...(batchSize === undefined ? {} : { batchSize }),
      };
      const firstEpoch = await control.change({
        ...parameters,
        ...(fromEpoch === undefined ? {} : { firstEpoch: fromEpoch }),
      });
      const told = Object.values({
        rate: learningRate === undefined ? undefined : `learning rate ${learningRate}`,
        size: batchSize === undefined ? undefined : `batch size ${batchSize}`,
      });
      output.tell(`from epoch ${firstEpoch} on: ${told.filter((text) => text !== undefined).join(", ")}`, {
        event: "set",
        jobId,
        firstEpoch,
        ...parameters,
      });
    } finally {
      control.close();
    }
  });
}
