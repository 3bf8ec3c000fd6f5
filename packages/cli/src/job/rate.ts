import { Command } from "commander";
import { z } from "zod";
import { checkedArgument } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { jobArgument } from "./job-argument.ts";

const stars = z.coerce.number("expected 0 to 5").int("expected a whole number").min(0).max(5);

export function rateCommand(): Command {
  const command = new Command("rate")
    .description("say how a node has done a job that it was paid for, once; it counts for the node's reputation")
    .addArgument(jobArgument())
    .addArgument(checkedArgument("<stars>", "0 to 5", { schema: stars }));
  return withEngine<object, [jobId: string, stars: number]>(
    command,
    async ({ engine, output, signal }, _flags, jobId, stars) => {
      await engine.rate(jobId, stars, { signal });
      output.tell(`rated: ${stars} of 5 stars`, { event: "rated", jobId, stars });
    },
  );
}
