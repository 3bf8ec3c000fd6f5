import { Command } from "commander";
import { attachCommand } from "../job/attach.ts";
import { cancelCommand } from "../job/cancel.ts";
import { checkpointCommand } from "../job/checkpoint.ts";
import { disputeJobCommand } from "../job/dispute.ts";
import { listCommand } from "../job/list.ts";
import { pauseCommand, resumeCommand } from "../job/pause.ts";
import { rateCommand } from "../job/rate.ts";
import { setCommand } from "../job/set.ts";

export function jobCommand(): Command {
  const job = new Command("job").description(
    "jobs that are under way: follow them from here, hold, change, cancel, dispute them, and rate those that are done",
  );
  for (const command of [
    listCommand(),
    attachCommand(),
    pauseCommand(),
    resumeCommand(),
    checkpointCommand(),
    setCommand(),
    cancelCommand(),
    disputeJobCommand(),
    rateCommand(),
  ]) {
    job.addCommand(command);
  }
  return job;
}
