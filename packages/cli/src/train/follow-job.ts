import type { JobEvent, JobHandle } from "@cyxwiz/engine";
import type { Output } from "../output/output.ts";
import { createStepPrinter } from "../output/step-printer.ts";
import { reportJobEvent, reportJobResult } from "./job-reporter.ts";

/** Shows a job as it goes, and how it ends. Throws what the job fails with. */
export async function followJob(job: JobHandle, output: Output): Promise<void> {
  const printer = createStepPrinter(process.stdout);
  const seen = new Set<JobEvent["type"]>();
  try {
    for await (const event of job) {
      output.event({ event: event.type, ...event });
      if (!output.json) reportJobEvent(printer, event);
      seen.add(event.type);
      // Its pay is a matter of the chain from here on.
      if (seen.has("proven") && seen.has("downloaded")) {
        job.result.catch(() => undefined);
        job.detach();
        return;
      }
    }
    const result = await job.result;
    output.event({ event: "result", ...result });
    if (!output.json) reportJobResult(printer, result);
  } finally {
    printer.end();
  }
}
