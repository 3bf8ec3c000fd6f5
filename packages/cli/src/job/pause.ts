import { Command } from "commander";
import { withEngine } from "../options/with-engine.ts";
import { jobArgument } from "./job-argument.ts";

export function pauseCommand(): Command {
  const command = new Command("pause")
    .description("hold a job; its node lets it go on by itself when it was held for as long as the node allows")
    .addArgument(jobArgument());
  return withEngine<object, [jobId: string]>(command, async ({ engine, output, signal }, _flags, jobId) => {
    const control = await engine.control(jobId, { signal });
    try {
      const at = await control.pause();
      output.tell(`paused in epoch ${at.epoch}, batch ${at.batch}`, { event: "paused", jobId, ...at });
    } finally {
      control.close();
    }
  });
}

export function resumeCommand(): Command {
  const command = new Command("resume").description("let a job that is paused go on").addArgument(jobArgument());
  return withEngine<object, [jobId: string]>(command, async ({ engine, output, signal }, _flags, jobId) => {
    const control = await engine.control(jobId, { signal });
    try {
      const at = await control.resume();
      output.tell(`goes on in epoch ${at.epoch}, batch ${at.batch}`, { event: "resumed", jobId, ...at });
    } finally {
      control.close();
    }
  });
}
