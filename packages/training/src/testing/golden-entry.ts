import * as training from "../index.ts";
import { runGoldenJob } from "./golden-job.ts";

/** What the browser test loads: the package's whole pure part, and the golden jobs where the test can call it. */
Object.assign(globalThis, { training, runGoldenJob: async (index: number) => Array.from(await runGoldenJob(index)) });
