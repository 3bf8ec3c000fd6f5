import type { JobSummary } from "@cyxwiz/engine";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { alignColumns } from "../output/table.ts";
import { formatTime } from "../output/time.ts";

interface ListFlags {
  readonly limit: number;
}

export function listCommand(): Command {
  const command = new Command("list")
    .description("list the wallet's jobs, newest first")
    .addOption(
      checkedOption("--limit <number>", "at most so many", { schema: z.coerce.number().int().min(1), default: 20 }),
    );
  return withEngine<ListFlags>(command, async ({ engine, output, signal }, { limit }) => {
    const [jobs, unfinished] = await Promise.all([engine.jobs({ limit, signal }), engine.unfinished()]);
    const rows = jobs.map((job) => describe(job, unfinished.includes(job.jobId)));
    output.tell(rows.length === 0 ? "no jobs" : alignColumns(rows, "").join("\n"), {
      event: "jobs",
      jobs: jobs.map((job) => ({ ...job, unfinished: unfinished.includes(job.jobId) })),
    });
  });
}

function describe(job: JobSummary, unfinished: boolean): string[] {
  const started = job.startedAtSeconds > 0 ? formatTime(BigInt(job.startedAtSeconds)) : "";
  const progress = job.startedAtSeconds > 0 ? `epoch ${job.epoch}, ${Math.floor(job.progress * 100)}%` : "";
  return [job.jobId, job.status.toLowerCase().replaceAll("_", " "), progress, started, unfinished ? "not fetched" : ""];
}
