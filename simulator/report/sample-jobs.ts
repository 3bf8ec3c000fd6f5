import { price } from "@cyxwiz/central";
import type { Job } from "../job.ts";

const CYXWIZ = 1_000_000_000n;
const GIB = 1n << 30n;
const HOUR_MS = 3_600_000n;

/** A job that the tables show, and what people would call it. */
export interface SampleJob extends Job {
  readonly label: string;
}

const EPOCHS = 100;

/** Two jobs that people have, and the worst of each range of stakes: the most pay for the same stake. */
export const SAMPLE_JOBS: readonly SampleJob[] = [
  {
    label: "bronze, 2 h on a CPU",
    tier: "bronze",
    epochs: EPOCHS,
    amount: price({
      compute: "cpu",
      ramBytes: 4n * GIB,
      vramBytes: 0n,
      durationMs: 2n * HOUR_MS,
      priority: "normal",
      tier: "bronze",
    }),
  },
  { label: "bronze, just below 10", tier: "bronze", epochs: EPOCHS, amount: 10n * CYXWIZ - 1n },
  { label: "silver, just below 50", tier: "silver", epochs: EPOCHS, amount: 50n * CYXWIZ - 1n },
  {
    label: "gold, 12 h on a GPU",
    tier: "gold",
    epochs: EPOCHS,
    amount: price({
      compute: "consumerGpu",
      ramBytes: 16n * GIB,
      vramBytes: 8n * GIB,
      durationMs: 12n * HOUR_MS,
      priority: "normal",
      tier: "gold",
    }),
  },
  { label: "diamond, just below 1,000", tier: "diamond", epochs: EPOCHS, amount: 1_000n * CYXWIZ - 1n },
  { label: "diamond, 10,000", tier: "diamond", epochs: EPOCHS, amount: 10_000n * CYXWIZ },
];
