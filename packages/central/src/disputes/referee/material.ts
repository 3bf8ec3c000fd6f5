import { create } from "@bufbuild/protobuf";
import { type Bisection, sha256Bulk, toHex } from "@cyxwiz/proof";
import { GetCommitmentsResponseSchema } from "@cyxwiz/protocol";
import { changeOf, type ParameterChange, specOfJob, type TrainingSpec } from "@cyxwiz/training";
import { type AgreedData, maxStateBytes, type NodeFiles, servedData } from "@cyxwiz/verify";
import { and, asc, eq, isNotNull } from "drizzle-orm";
import type { Context } from "../../context.ts";
import { type Job, jobCheckpoints } from "../../database/schema/index.ts";
import { loadConfig } from "../../jobs/job-config.ts";
import { nodeFilesOf, type Sight } from "../../proofs/node-files-of.ts";
import { publicCommitments } from "../../proofs/public-commitments.ts";
import { blamingTheNode, Withheld } from "../../proofs/withheld.ts";

/** What one epoch is trained again from. */
export interface Material {
  readonly spec: TrainingSpec;
  readonly data: AgreedData;
  /** The state before the epoch that both agree on; nothing for the start, which follows from the job alone. */
  readonly state?: Uint8Array;
  readonly changes: readonly ParameterChange[];
  readonly signal: AbortSignal;
}

/**
 * Fetches from the node what its disputed epoch is trained from, each by the hash that it was agreed on; the orders are those
 * of the payer that the node has published with its links.
 *
 * @throws Withheld when the node does not show it; CyxwizError where Central cannot do its part
 */
export async function openMaterial(
  context: Context,
  sight: Sight,
  about: {
    readonly job: Job;
    readonly parted: Parted;
    readonly signal: AbortSignal;
    /** Takes what is to be done once the material is not needed any more. */
    readonly cleanups: AsyncDisposableStack;
  },
): Promise<Material> {
  const { job, parted, signal, cleanups } = about;
  const config = loadConfig(job.config);
  const spec = specOfJob(config);
  const claimed = create(GetCommitmentsResponseSchema, await publicCommitments(context, job));
  const files = blamingTheNode(nodeFilesOf(context, sight, claimed, signal));
  const data = await servedData(files, config.datasetSha256, cleanups);
  if ("problem" in data) throw new Withheld(data.problem);
  const state = await stateBefore(parted, files, spec);
  const changes = await ordersOf(context, job.id);
  return { spec, data, changes, signal, ...(state && { state }) };
}

/** Two who have parted. */
export type Parted = NonNullable<Bisection["outcome"]> & { readonly kind: "parted" };

async function stateBefore({ agreed }: Parted, files: NodeFiles, spec: TrainingSpec): Promise<Uint8Array | undefined> {
  // The first follows from the job alone.
  if (agreed?.stateHash === undefined || agreed.position === 0) return undefined;
  const { position, stateHash } = agreed;
  const state = await files.state(position, maxStateBytes(spec));
  return withHash(`the state after epoch ${position}`, toHex(stateHash), state);
}

async function withHash(what: string, sha256: string, bytes: Uint8Array): Promise<Uint8Array> {
  const actual = toHex(await sha256Bulk(bytes));
  if (actual !== sha256) throw new Withheld(`${what} has the hash ${actual}; agreed was ${sha256}`);
  return bytes;
}

// They were checked when they were reported, with the links that follow them.
async function ordersOf({ db }: Context, jobId: string): Promise<ParameterChange[]> {
  const rows = await db
    .select({ orders: jobCheckpoints.orders })
    .from(jobCheckpoints)
    .where(and(eq(jobCheckpoints.jobId, jobId), isNotNull(jobCheckpoints.orders)))
    .orderBy(asc(jobCheckpoints.epoch));
  return rows
    .flatMap(({ orders }) => orders ?? [])
    .map(({ firstEpoch, parameters }) => ({ ...changeOf(parameters), firstEpoch }));
}
