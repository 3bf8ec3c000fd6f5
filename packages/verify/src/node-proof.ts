import { fromJson, type JsonValue } from "@bufbuild/protobuf";
import { isSignedBy } from "@cyxwiz/chain";
import { jobIdToBytes } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type JobConfig, JobConfigSchema } from "@cyxwiz/protocol";
import { judgeOrder, type OrderProblem, type ParameterChange, type TrainingSpec } from "@cyxwiz/training";
import { z } from "zod";

const orderSchema = z.object({
  firstEpoch: z.int().positive(),
  parameters: z.record(z.string(), z.number()),
  /** Hex; empty where the client could not sign. */
  signature: z.string().regex(/^([0-9a-f]{2})*$/),
});
const metrics = z.record(z.string(), z.number());

const schema = z.object({
  version: z.literal(1),
  config: z.json(),
  datasetSha256: z.string().regex(/^[0-9a-f]{64}$/),
  storedEpochs: z.array(z.int().positive()),
  parameterOrders: z.array(orderSchema),
  links: z.array(z.object({ epoch: z.int().nonnegative(), metrics: metrics.optional() })),
});

type Order = z.infer<typeof orderSchema>;

/** What a node says of a job that it has trained. Nothing of it is believed: all is checked against what is public. */
export interface NodeProof {
  readonly config: JobConfig;
  /** Hex. */
  readonly datasetSha256: string;
  /** Epochs whose states it keeps. */
  readonly storedEpochs: readonly number[];
  readonly orders: readonly Order[];
  /** What it says it has measured, by epoch. */
  readonly metrics: ReadonlyMap<number, Readonly<Record<string, number>>>;
}

/** Reads what a node answers to `GET /jobs/<id>/proof`. Throws REMOTE for anything else. */
export function parseNodeProof(bytes: Uint8Array): NodeProof {
  try {
    const { config, links, parameterOrders, ...rest } = schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
    return {
      ...rest,
      config: fromJson(JobConfigSchema, config as JsonValue),
      orders: parameterOrders,
      metrics: new Map(links.flatMap(({ epoch, metrics: own }) => (own ? [[epoch, own]] : []))),
    };
  } catch (cause) {
    const message = `The node's proof cannot be read: ${cause instanceof Error ? cause.message : cause}`;
    throw new CyxwizError("REMOTE", { number: 0, message }, { cause });
  }
}

/**
 * The changes of parameters that a job's payer has ordered. A node may show an order without a signature only where it
 * changes the learning rate alone, which does not change the work.
 *
 * @returns the changes, and why an order is none.
 */
export async function changesOf(
  orders: readonly Order[],
  { jobId, payer, spec }: { readonly jobId: string; readonly payer: string; readonly spec: TrainingSpec },
): Promise<{ readonly changes: readonly ParameterChange[]; readonly problems: readonly string[] }> {
  const changes: ParameterChange[] = [];
  const problems: string[] = [];
  const judgeBy = {
    jobId: jobIdToBytes(jobId),
    isPayers: (signed: Uint8Array, signature: Uint8Array) => isSignedBy(payer, signed, signature),
  };
  for (const { signature, ...order } of orders) {
    const judged = await judgeOrder(spec, { ...order, signature: Buffer.from(signature, "hex") }, judgeBy);
    if ("change" in judged) changes.push(judged.change);
    else problems.push(`the order for epoch ${order.firstEpoch} that the node shows ${words(judged.problem)}`);
  }
  return { changes, problems };
}

function words(problem: OrderProblem): string {
  switch (problem.kind) {
    case "unknown":
      return `names ${problem.names.join(", ")}`;
    case "impossible":
      return `cannot be: ${problem.reason}`;
    case "unsigned":
      return "is not signed by the payer";
  }
}
