import { Command } from "commander";
import { withEngine } from "../options/with-engine.ts";

interface RecoverFlags {
  readonly job?: string;
}

export function recoverCommand(): Command {
  const command = new Command("recover")
    .description("give up a job that a `cyxwiz train` that crashed has left, and get back what is in its escrow")
    .option("--job <id>", "give this job up (default: list the jobs there are)")
    .addHelpText("after", "\n`cyxwiz job attach` sees such a job through instead.");
  return withEngine<RecoverFlags>(command, async ({ engine, output, signal }, { job }) => {
    if (job === undefined) {
      const jobs = await engine.unfinished();
      output.tell(jobs.length === 0 ? "no job is unfinished" : jobs.join("\n"), { event: "unfinished", jobs });
      return;
    }
    const recovery = await engine.recover(job, { signal });
    output.tell(recovery, { event: "recovered", jobId: job, recovery });
  });
}
