import type { Page } from "@cyxwiz/contracts";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import type { Instruction } from "@solana/kit";
import type { Context } from "../context.ts";
import { copyPage, readPages } from "./read-back.ts";
import type { ReputationChain } from "./reputation-chain.ts";
import { send } from "./send.ts";

/** What fits into one transaction. */
const ADDED_AT_ONCE = 20;
/** Others may add nodes at the same time; then what is there is read again. */
const MAX_LOST_RACES = 5;

type Needs = Pick<Context, "db" | "log" | "nowMs" | "newId" | "randomBytes">;

/**
 * Sees to it that every one of these wallets stands on a page, and copies to the nodes' rows where.
 *
 * A node is added only to the last page, and a new page is opened only when that is full. So a wallet that is not on
 * a full page never will be, and two writers can't put it on two pages.
 */
export async function findPlaces(
  context: Needs,
  chain: ReputationChain,
  wallets: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (let lost = 0; ; ) {
    const pages = await readPages(chain);
    const placed = new Set(
      pages.flatMap(({ entries, count }) => entries.slice(0, count).map(({ wallet }) => wallet as string)),
    );
    const missing = [...new Set(wallets)].filter((wallet) => !placed.has(wallet));
    if (missing.length === 0) {
      await context.db.transaction(async (tx) => {
        for (const page of pages) await copyPage(context, tx, page);
      });
      return;
    }
    try {
      await send(chain, "Add nodes to a page of reputations", await additions(chain, pages, missing), signal);
    } catch (error) {
      lost += 1;
      if (!isCyxwizError(error, "TRANSACTION_FAILED") || lost > MAX_LOST_RACES) throw error;
      context.log.info({ err: error }, "somebody else may have added nodes; looking again");
    }
  }
}

async function additions(
  chain: ReputationChain,
  pages: readonly Page[],
  missing: readonly string[],
): Promise<Instruction[]> {
  const last = pages.at(-1);
  const free = last ? last.entries.length - last.count : 0;
  const index = free > 0 ? pages.length - 1 : pages.length;
  const wallets = missing.slice(0, free > 0 ? Math.min(free, ADDED_AT_ONCE) : ADDED_AT_ONCE);
  if (wallets.length === 0) throw new CyxwizError("INTERNAL", { what: "a page has no room and is not full" });
  const open = free > 0 ? [] : [await chain.openPage(index)];
  return [...open, ...(await Promise.all(wallets.map((wallet) => chain.addNode(index, wallet))))];
}
