import * as training from "../index.ts";
import { runGoldenJob } from "./golden-job.ts";

/** What the browser test loads: the package's whole pure part, and the golden job where the test can call it. */
Object.assign(globalThis, { training, runGoldenJob: async () => Array.from(await runGoldenJob()) });
