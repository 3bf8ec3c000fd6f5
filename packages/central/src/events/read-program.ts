import { CyxwizError } from "@cyxwiz/errors";
import type { Address, Signature } from "@solana/kit";
import { eq, lte, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { eventCursors } from "../database/schema/index.ts";
import type { EventSource, Place, SeenTransaction, TransactionEvents } from "./event-source.ts";
import { lookAgain, lookAtAll } from "./look-again.ts";
import { recordEvents } from "./record-events.ts";

/** Transactions asked for at the same time. */
const AT_ONCE = 8;

type Needs = Pick<Context, "db" | "log" | "nowMs" | "newId" | "randomBytes"> & Parameters<typeof lookAgain>[0];

/** What a reader of a program's history keeps in mind from call to call. */
export interface ReadingState {
  /** Transactions that were read already but were not final then. */
  readonly seen: Set<Signature>;
  /** How often a transaction was listed that nobody could show. */
  readonly missed: Map<Signature, number>;
  /** How often the history did not reach back to where reading had stopped. */
  gaps: number;
}

/** At the start of reading. */
export function newReadingState(): ReadingState {
  return { seen: new Set(), missed: new Map(), gaps: 0 };
}

/** A provider may be behind, or have lost a transaction: after so many tries the others' events wait no longer. */
const MAX_MISSED = 20;
/** Likewise for a provider that has forgotten, or does not know yet, where reading had stopped. */
const MAX_GAPS = 8;

/**
 * Reads what a program did since the last time, however long that is ago, and writes its events down.
 *
 * The cursor moves only to what is final. What is newer is listed again until it is, because until then something may
 * still be put before it; rows have keys, so what is read twice is written once.
 *
 * @throws CyxwizError UNREACHABLE: call again, it goes on where it was
 */
export async function readProgram(
  context: Needs,
  source: EventSource,
  program: Address,
  state: ReadingState,
  signal: AbortSignal,
): Promise<void> {
  const { seen, missed } = state;
  const listed = await listNew(context, source, program, state, signal);
  for (let from = 0; from < listed.length; from += AT_ONCE) {
    const chunk = listed.slice(from, from + AT_ONCE);
    const unread = chunk.filter(({ signature, failed }) => !failed && !seen.has(signature));
    // Asked for at once, written in their order.
    const read = await Promise.all(unread.map(({ signature }) => source.eventsOf(signature, signal)));
    for (const [index, { signature }] of unread.entries()) {
      const transaction = read[index];
      if (transaction) await record(context, transaction);
      else await giveUpOrThrow(context, missed, signature);
      seen.add(signature);
      missed.delete(signature);
    }
    const final = chunk.findLast((transaction) => transaction.final);
    if (final) await moveCursor(context, program, final);
  }
  const open = new Set(listed.filter(({ final }) => !final).map(({ signature }) => signature));
  for (const signature of seen) if (!open.has(signature)) seen.delete(signature);
}

async function listNew(
  context: Needs,
  source: EventSource,
  program: Address,
  state: ReadingState,
  signal: AbortSignal,
): Promise<readonly SeenTransaction[]> {
  const cursor = await cursorOf(context, program);
  const { transactions, isWhole } = await source.history(program, cursor, signal);
  if (isWhole) {
    state.gaps = 0;
    return transactions;
  }
  state.gaps += 1;
  const cause = `its history of ${program} does not reach back to slot ${cursor?.slot}`;
  if (state.gaps <= MAX_GAPS) {
    throw new CyxwizError("UNREACHABLE", { peer: "the cluster's history", address: "RPC", cause });
  }
  // Once for each gap; what can be read is read on.
  if (state.gaps === MAX_GAPS + 1) {
    context.log.error(
      { program, slot: cursor?.slot },
      `${cause}; the events in between are lost, the accounts are read`,
    );
    await lookAtAll(context);
  }
  return transactions;
}

async function record(context: Needs, transaction: TransactionEvents): Promise<void> {
  const { signature, truncated, accounts } = transaction;
  await recordEvents(context, transaction);
  if (!truncated) return;
  context.log.warn({ signature }, "its log was cut short: events may be missing, the accounts are read");
  await lookAgain(context, accounts);
}

async function giveUpOrThrow(context: Needs, missed: Map<Signature, number>, signature: Signature): Promise<void> {
  const times = (missed.get(signature) ?? 0) + 1;
  missed.set(signature, times);
  if (times > MAX_MISSED) {
    context.log.error({ signature }, "no provider shows this transaction: its events are lost, all accounts are read");
    return lookAtAll(context);
  }
  const cause = `it names transaction ${signature}, but does not show it`;
  throw new CyxwizError("UNREACHABLE", { peer: "the cluster's history", address: "RPC", cause });
}

async function cursorOf({ db }: Needs, program: Address): Promise<Place | undefined> {
  const [cursor] = await db.select().from(eventCursors).where(eq(eventCursors.program, program));
  return cursor && { signature: cursor.signature as Signature, slot: cursor.slot };
}

// Never back: another replica may be further.
async function moveCursor(context: Needs, program: Address, { signature, slot }: SeenTransaction): Promise<void> {
  const place = { signature, slot, readAt: now(context) };
  await context.db
    .insert(eventCursors)
    .values({ program, ...place })
    .onConflictDoUpdate({
      target: eventCursors.program,
      set: place,
      setWhere: lte(eventCursors.slot, sql`excluded.slot`),
    });
}
