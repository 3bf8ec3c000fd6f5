import * as training from "../index.ts";
import { runGoldenJob } from "./golden-job.ts";
import { runGoldenReplay } from "./golden-replay.ts";

// In pieces: a call takes only so many arguments.
const PIECE_BYTES = 4096;

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES));
  }
  return btoa(binary);
}

/** What the browser tests load: the package's whole pure part, and what they call. */
Object.assign(globalThis, {
  training,
  runGoldenJob: async (index: number) => toBase64(await runGoldenJob(index)),
  runGoldenReplay,
});
