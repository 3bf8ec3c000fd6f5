import { minimumStake } from "@cyxwiz/contracts";
import { and, eq, gte, isNull, lte, or, sql } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import { nodes } from "../database/schema/index.ts";
import { onlineSince } from "./online.ts";
import { queueReputation } from "./reputation.ts";

const LOOK_EVERY_SECONDS = 300;
const DAY_SECONDS = 86_400;
const LOOKS_A_DAY = DAY_SECONDS / LOOK_EVERY_SECONDS;
/** A node that was not there for longer has left; what it was worth stands as it is. */
const LEFT_AFTER_DAYS = 7;
/** Of a day that counts for a month of uptime: a quarter of an hour may be missing. */
const FULL_DAY_PER_MILLE = 990;
const DAYS_A_MONTH = 30;
/** What the economy asks for the smallest job: who can't take one is not there for anybody. */
const LEAST_STAKE = minimumStake(0n);

type Needs = Pick<Context, "db" | "config" | "nowMs" | "newId" | "randomBytes">;

/**
 * Looks which nodes are there, every five minutes, however often and by however many replicas it is called; a day full of
 * looks is an outcome for a node's reputation, and thirty full days in a row are one more.
 *
 * Only looks count, so nobody is absent while Central is. Nodes whose stake is too small for any job are left out: each gets a
 * place on chain that the coordinator pays for.
 */
export async function lookForNodes(context: Needs): Promise<void> {
  const ago = (seconds: number) => new Date(context.nowMs() - seconds * 1_000);
  const isThere = gte(nodes.lastHeartbeatAt, onlineSince(context));
  await context.db.transaction(async (tx) => {
    const looked = await tx
      .update(nodes)
      .set({
        uptimeLookedAt: now(context),
        uptimeLooks: sql`${nodes.uptimeLooks} + 1`,
        uptimeSeen: sql`${nodes.uptimeSeen} + case when ${isThere} then 1 else 0 end`,
      })
      .where(
        and(
          eq(nodes.registration, "active"),
          gte(nodes.stakeAmount, LEAST_STAKE),
          gte(nodes.lastHeartbeatAt, ago(LEFT_AFTER_DAYS * DAY_SECONDS)),
          or(isNull(nodes.uptimeLookedAt), lte(nodes.uptimeLookedAt, ago(LOOK_EVERY_SECONDS))),
        ),
      )
      .returning({ id: nodes.id, looks: nodes.uptimeLooks, seen: nodes.uptimeSeen, days: nodes.uptimeDays });
    for (const { id, looks, seen, days } of looked) {
      if (looks < LOOKS_A_DAY) continue;
      const perMille = Math.floor((1_000 * seen) / looks);
      const inARow = perMille >= FULL_DAY_PER_MILLE ? days + 1 : 0;
      await queueReputation(context, tx, id, "UPTIME", perMille);
      if (inARow === DAYS_A_MONTH) await queueReputation(context, tx, id, "UPTIME_MONTH");
      const anew = { uptimeLooks: 0, uptimeSeen: 0, uptimeDays: inARow % DAYS_A_MONTH };
      await tx.update(nodes).set(anew).where(eq(nodes.id, id));
    }
  });
}
