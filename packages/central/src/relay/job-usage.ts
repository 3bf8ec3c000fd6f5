import { CyxwizError } from "@cyxwiz/errors";
import { sql } from "drizzle-orm";
import type { CentralConfig } from "../config/central-config.ts";
import { type Context, now } from "../context.ts";
import { jobRelays } from "../database/schema/index.ts";
import { Meter } from "./meter.ts";
import { RateLimit } from "./rate-limit.ts";

type Limits = Pick<CentralConfig, "relayBytesPerJob" | "relayBytesPerSecond" | "relayConnectionsPerJob">;

/** What is relayed for one job at this replica. Bytes are added up over all replicas, in the database. */
export class JobUsage {
  readonly jobId: string;
  readonly #limits: Limits;
  readonly #rate: RateLimit;
  readonly #exhausted = new AbortController();
  #connections = 0;
  /** By all replicas, as the database had it last. */
  #saved = 0n;
  #unsaved = 0;

  constructor(jobId: string, limits: Limits) {
    this.jobId = jobId;
    this.#limits = limits;
    this.#rate = new RateLimit(limits.relayBytesPerSecond);
  }

  /** Aborts when the job has used up its bytes. */
  get exhausted(): AbortSignal {
    return this.#exhausted.signal;
  }

  /** True when bytes have passed that the database has not been told of. */
  get isDirty(): boolean {
    return this.#unsaved > 0;
  }

  /** True when there is nothing to remember. */
  get isIdle(): boolean {
    return this.#connections === 0 && !this.isDirty;
  }

  /** One more connection; call what it gives when that is over. Throws RELAY_LIMIT_REACHED. */
  open(): () => void {
    const { relayConnectionsPerJob } = this.#limits;
    if (this.#connections >= relayConnectionsPerJob) {
      const limit = `it has ${relayConnectionsPerJob} connections at a time already`;
      throw new CyxwizError("RELAY_LIMIT_REACHED", { jobId: this.jobId, limit });
    }
    this.#connections++;
    return () => {
      this.#connections--;
    };
  }

  /** What one direction of a connection passes through. */
  meter(onBytes: (bytes: number) => void): Meter {
    return new Meter(this.#rate, (bytes) => {
      onBytes(bytes);
      this.#unsaved += bytes;
      this.#stopIfUsedUp();
    });
  }

  /** Throws RELAY_LIMIT_REACHED once the job's bytes are used up. */
  assertBytesLeft(): void {
    if (!this.#stopIfUsedUp()) return;
    const limit = `${this.#limits.relayBytesPerJob} bytes have been relayed`;
    throw new CyxwizError("RELAY_LIMIT_REACHED", { jobId: this.jobId, limit });
  }

  /** Adds what has passed since the last time to the database, and learns what other replicas have relayed. */
  async save(context: Context): Promise<void> {
    const bytes = this.#unsaved;
    this.#unsaved = 0;
    try {
      const [row] = await context.db
        .insert(jobRelays)
        .values({ jobId: this.jobId, bytes: BigInt(bytes), relayedAt: now(context) })
        .onConflictDoUpdate({
          target: jobRelays.jobId,
          set: { bytes: sql`${jobRelays.bytes} + excluded.bytes`, relayedAt: now(context) },
        })
        .returning({ bytes: jobRelays.bytes });
      this.#saved = row?.bytes ?? this.#saved;
      this.#stopIfUsedUp();
    } catch (error) {
      this.#unsaved += bytes;
      throw error;
    }
  }

  #stopIfUsedUp(): boolean {
    const usedUp = this.#saved + BigInt(this.#unsaved) >= BigInt(this.#limits.relayBytesPerJob);
    if (usedUp && !this.#exhausted.signal.aborted) this.#exhausted.abort();
    return usedUp;
  }
}
