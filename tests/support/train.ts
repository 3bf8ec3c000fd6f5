import { join } from "node:path";
import { type Cluster, type Piece, type PieceEvent, spawnPiece, writeSmallJob } from "cyxwiz/testing";
import { expect } from "vitest";
import { directoryForTest } from "./cluster.ts";

/** A job that trains in a moment, in a directory of its own; gives the job file's path. */
export async function smallJob(options: { epochs: number; rows?: number }): Promise<string> {
  return writeSmallJob(await directoryForTest(), options);
}

/** A running `cyxwiz train`, or another command that follows a job. */
export interface Training {
  readonly piece: Piece;
  /** Everything it has printed so far. */
  readonly events: readonly PieceEvent[];
  /** The first event of this kind, now or later; rejects when the process ends without it. */
  event(kind: string): Promise<PieceEvent>;
}

/** Starts `cyxwiz train` with the cluster's engine wallet. */
export function train(cluster: Cluster, jobPath: string, env: Record<string, string> = {}): Promise<Training> {
  return follow(cluster, ["train", jobPath], env);
}

/** Starts a command that follows a job, with the cluster's engine wallet. */
export async function follow(
  cluster: Cluster,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Training> {
  const events: PieceEvent[] = [];
  const waiting = new Set<() => void>();
  const piece = await spawnPiece({
    name: "train",
    args: [...args],
    env: { ...cluster.environment, ...env },
    logFile: join(cluster.dataDir, "train.log"),
    onEvent: (event) => {
      events.push(event);
      for (const check of waiting) check();
    },
  });
  return {
    piece,
    events,
    event: (kind) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = events.find(({ event }) => event === kind);
          if (!found) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
        void piece.exited.then(() => reject(new Error(`ended without "${kind}": ${JSON.stringify(events.at(-1))}`)));
      }),
  };
}

/** Waits for a job's pay; gives its id. */
export async function paid(training: Training): Promise<string> {
  const { jobId } = await training.event("quoted");
  await training.event("paid");
  expect(await training.piece.exited).toMatchObject({ code: 0 });
  return jobId as string;
}
