import * as training from "../index.ts";
import { runGoldenJob } from "./golden-job.ts";
import { runGoldenReplay } from "./golden-replay.ts";

/** What the browser tests load: the package's whole pure part, and what they call. */
Object.assign(globalThis, {
  training,
  runGoldenJob: async (index: number) => Array.from(await runGoldenJob(index)),
  runGoldenReplay,
});
