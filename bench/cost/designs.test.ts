import { expect, test } from "vitest";
import { BATCHED_JOBS, EPOCHS, runOurDesign } from "./designs.ts";

const MOST_LAMPORTS_PER_JOB = 20_000n;

test(`all transactions of a job of ${EPOCHS} epochs cost at most ${MOST_LAMPORTS_PER_JOB} lamports`, async () => {
  const { entries } = await runOurDesign();
  const lamports = entries.reduce((sum, entry) => sum + entry.lamports, 0n);
  expect(entries.map(({ what }) => what)).toEqual([
    "create_escrow (used slot)",
    "start_escrow",
    "anchor_root (epoch 50)",
    "commit_proof",
    "reveal_proof",
    "complete, report",
    "record_outcomes",
  ]);
  expect(lamports).toBeGreaterThan(0n);
  expect(lamports).toBeLessThanOrEqual(MOST_LAMPORTS_PER_JOB * BigInt(BATCHED_JOBS));
});
