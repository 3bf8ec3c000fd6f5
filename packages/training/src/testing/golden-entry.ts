import { runGoldenJob } from "./golden-job.ts";

/** What the browser test loads: leaves the golden job where the test can call it. */
Object.assign(globalThis, { runGoldenJob: async () => Array.from(await runGoldenJob()) });
