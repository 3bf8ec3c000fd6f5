import { jobIdFromBytes, type ProgramEvent } from "@cyxwiz/contracts";
import { toHex } from "@cyxwiz/proof";
import { and, eq } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { blockchainEvents, jobs, nodes } from "../database/schema/index.ts";
import type { TransactionEvents } from "./event-source.ts";

type Needs = Pick<Context, "db" | "nowMs" | "newId" | "randomBytes">;

/** Writes the events of a transaction down, all or none; those that are known already stay as they are. */
export async function recordEvents(context: Needs, transaction: TransactionEvents): Promise<void> {
  const { signature, slot, blockTime, events } = transaction;
  if (events.length === 0) return;
  await context.db.transaction(async (tx) => {
    for (const event of events) {
      const whom = await concerned(tx, event);
      await tx
        .insert(blockchainEvents)
        .values({
          eventType: event.name,
          program: event.program,
          txSignature: signature,
          eventIndex: event.index,
          slot,
          blockTime,
          payload: payloadOf(event),
          createdAt: now(context),
          ...whom,
        })
        .onConflictDoNothing();
    }
  });
}

/** The job and the node that an event is about, as far as they are ours. */
async function concerned(tx: Tx, event: ProgramEvent): Promise<{ jobId?: string; nodeId?: string }> {
  const { escrow, nonce, jobId, node } = event.data as Readonly<Record<string, unknown>>;
  if (event.program === "jobEscrow") {
    const job = (await jobOfUse(tx, escrow, nonce)) ?? (await jobNamed(tx, jobId));
    return job ? { jobId: job.id, ...(job.nodeId && { nodeId: job.nodeId }) } : {};
  }
  if (typeof node !== "string") return {};
  const [known] = await tx.select({ id: nodes.id }).from(nodes).where(eq(nodes.nodeAddress, node));
  return known ? { nodeId: known.id } : {};
}

const found = { id: jobs.id, nodeId: jobs.assignedNodeId };

async function jobOfUse(tx: Tx, escrow: unknown, nonce: unknown) {
  if (typeof escrow !== "string" || typeof nonce !== "bigint") return undefined;
  const use = and(eq(jobs.escrowAddress, escrow), eq(jobs.escrowNonce, nonce));
  const [job] = await tx.select(found).from(jobs).where(use);
  return job;
}

// Anybody can name any job in an escrow; whoever acts on this reads the job's own escrow.
async function jobNamed(tx: Tx, jobId: unknown) {
  if (!(jobId instanceof Uint8Array) || jobId.length !== 16) return undefined;
  const [job] = await tx
    .select(found)
    .from(jobs)
    .where(eq(jobs.id, jobIdFromBytes(jobId)));
  return job;
}

const LAYOUT = ["discriminator", "version"];

/** An event's fields as JSON: numbers of 64 bits as decimal text, bytes as hex. */
export function payloadOf({ data }: Pick<ProgramEvent, "data">): Record<string, unknown> {
  const fields = Object.entries(data).filter(([name]) => !LAYOUT.includes(name));
  return Object.fromEntries(fields.map(([name, value]) => [name, plain(value)]));
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Uint8Array ? toHex(value) : value;
}
