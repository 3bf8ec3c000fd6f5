import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "@cyxwiz/protocol";
import { z } from "zod";

const schema = z.strictObject({
  version: z.literal(1),
  jobId: z.string(),
  payer: z.string(),
  datasetSha256: z.string(),
  /** The wallet of the node that the job is for. */
  node: z.string().optional(),
  /** Where the weights are to go. */
  output: z.string().optional(),
  escrow: z.strictObject({
    address: z.string(),
    slot: z.int(),
    /** u64 as text. */
    nonce: z.string(),
    amount: z.string(),
    signature: z.string(),
    /** The signed transaction, base64: what may be sent again any number of times. */
    transaction: z.string(),
    lastValidBlockHeight: z.string(),
  }),
});

/** What has to survive a crash of the Engine so that no token is stuck. */
export type JobRecord = z.infer<typeof schema>;

/** Keeps the records of jobs that are not over, one file each. */
export class JobRecords {
  readonly #directory: string;

  constructor(dataDir: string) {
    this.#directory = join(dataDir, "jobs");
  }

  /** On disk when this returns. */
  async write(record: JobRecord): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    await writeWhole(this.#path(record.jobId), `${JSON.stringify(record, undefined, 2)}\n`);
  }

  async read(jobId: string): Promise<JobRecord | undefined> {
    try {
      return schema.parse(JSON.parse(await readFile(this.#path(jobId), "utf8")));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Ids of the jobs that have a record. */
  async list(): Promise<string[]> {
    const names = await readdir(this.#directory).catch(() => []);
    return names.filter((name) => name.endsWith(".json")).map((name) => decodeURIComponent(name.slice(0, -5)));
  }

  /** Forgets a job that is over. */
  async remove(jobId: string): Promise<void> {
    await rm(this.#path(jobId), { force: true });
  }

  #path(jobId: string): string {
    return join(this.#directory, `${encodeURIComponent(jobId)}.json`);
  }
}
