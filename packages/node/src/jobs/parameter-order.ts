import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { changeOf } from "@cyxwiz/training";
import { z } from "zod";
import { jobDirectory } from "../states/job-directory.ts";

const FILE = "orders.jsonl";

/** An order as it is written down. */
export const parameterOrder = z.object({
  /** The first epoch that is trained by it. */
  firstEpoch: z.int().positive(),
  /** `learning_rate`, `batch_size`. */
  parameters: z.record(z.string(), z.number()),
  /** The payer's, hex; empty where the client could not sign. */
  signature: z.string(),
});

/** The client's order to train with other parameters from an epoch on. */
export type ParameterOrder = Readonly<z.infer<typeof parameterOrder>>;

/** An order whose first epoch is still open: the next that is possible. */
export type WantedParameters = Omit<ParameterOrder, "firstEpoch"> & { readonly firstEpoch?: number };

/** The same as training takes it. */
export function toChange<Order extends WantedParameters>({ parameters, firstEpoch }: Order) {
  return { ...changeOf(parameters), ...(firstEpoch !== undefined && { firstEpoch }) };
}

/** Writes an order into the job's directory: a node that is killed must go on with it. Throws what the file system throws. */
export function keepOrder(dataDir: string, jobId: string, order: ParameterOrder): void {
  const directory = jobDirectory(dataDir, jobId);
  mkdirSync(directory, { recursive: true });
  appendFileSync(join(directory, FILE), `${JSON.stringify(order)}\n`, { flush: true });
}

/** The orders of a job, in the order in which they came. */
export function readOrders(dataDir: string, jobId: string): ParameterOrder[] {
  let text: string;
  try {
    text = readFileSync(join(jobDirectory(dataDir, jobId), FILE), "utf8");
  } catch {
    return [];
  }
  // A line that was being written when the node was killed was never answered.
  const lines = text.slice(0, text.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line !== "").map((line) => parameterOrder.parse(JSON.parse(line)));
}

/** Removes them. */
export function removeOrders(dataDir: string, jobId: string): void {
  rmSync(join(jobDirectory(dataDir, jobId), FILE), { force: true });
}
