import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { writeWhole } from "@cyxwiz/protocol";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { jobArgument } from "./job-argument.ts";

interface CheckpointFlags {
  readonly output: string;
}

export function checkpointCommand(): Command {
  const command = new Command("checkpoint")
    .description("fetch the weights of a running job's last finished epoch")
    .addArgument(jobArgument())
    .addOption(
      checkedOption("--output <file>", "where they go (safetensors)", {
        schema: z.string().min(1),
        default: "checkpoint.safetensors",
      }),
    );
  return withEngine<CheckpointFlags, [jobId: string]>(command, async ({ engine, output, signal }, flags, jobId) => {
    const control = await engine.control(jobId, { signal });
    try {
      const { weights, ...checkpoint } = await control.checkpoint();
      const path = resolve(flags.output);
      await mkdir(dirname(path), { recursive: true });
      await writeWhole(path, weights);
      const text = `epoch ${checkpoint.epoch}, ${weights.length.toLocaleString("en")} bytes: ${path}\n  hash ${checkpoint.hash}`;
      output.tell(text, { event: "checkpoint", jobId, ...checkpoint, path, bytes: weights.length });
    } finally {
      control.close();
    }
  });
}
