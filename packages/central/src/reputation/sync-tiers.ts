import { isCyxwizError } from "@cyxwiz/errors";
import type { Context } from "../context.ts";
import { nodes } from "../database/schema/index.ts";
import { refreshNode } from "../nodes/refresh-node.ts";
import type { ReputationChain } from "./reputation-chain.ts";
import { send } from "./send.ts";
import { isTierStale } from "./waiting.ts";

/** What fits into one transaction. */
const AT_ONCE = 15;

type Row = typeof nodes.$inferSelect;

/** A refusal costs a fee, so whoever was refused has to wait. */
const REFUSED_FOR_MS = 3_600_000;

/** By node: until when the registry is not asked again, in milliseconds. */
export type RefusedTiers = Map<string, number>;

/** Has the registry copy the tier of each node whose tier there is another, and reads back what it says then. */
export async function syncTiers(
  context: Pick<Context, "db" | "chain" | "log" | "nowMs">,
  chain: ReputationChain,
  refusedTiers: RefusedTiers,
  signal: AbortSignal,
): Promise<void> {
  const all = await context.db.select().from(nodes).where(isTierStale).orderBy(nodes.id);
  const stale = all.filter(({ id }) => (refusedTiers.get(id) ?? 0) <= context.nowMs());
  for (let from = 0; from < stale.length; from += AT_ONCE) {
    const chunk = stale.slice(from, from + AT_ONCE);
    try {
      await sync(chain, chunk, signal);
    } catch (error) {
      if (!isCyxwizError(error, "TRANSACTION_FAILED")) throw error;
      // One that the registry refuses must not keep the others back.
      for (const node of chunk) {
        await sync(chain, [node], signal).catch((refused: unknown) => {
          if (!isCyxwizError(refused, "TRANSACTION_FAILED")) throw refused;
          refusedTiers.set(node.id, context.nowMs() + REFUSED_FOR_MS);
          context.log.warn({ err: refused, nodeId: node.id }, "the registry does not take the node's tier");
        });
      }
    }
    for (const { id, walletPubkey } of chunk) if (walletPubkey) await refreshNode(context, id, walletPubkey);
  }
}

async function sync(chain: ReputationChain, rows: readonly Row[], signal: AbortSignal): Promise<void> {
  const instructions = await Promise.all(
    rows.map(({ nodeAddress, reputationPage, reputationEntry }) =>
      chain.syncTier(nodeAddress ?? "", { page: reputationPage ?? 0, entry: reputationEntry ?? 0 }),
    ),
  );
  await send(chain, "Copy tiers to the registry", instructions, signal);
}
