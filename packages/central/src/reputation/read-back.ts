import type { Page, ReputationEntry } from "@cyxwiz/contracts";
import { eq, inArray } from "drizzle-orm";
import { type Context, now } from "../context.ts";
import type { Tx } from "../database/connect.ts";
import { nodes } from "../database/schema/index.ts";
import type { ReputationChain } from "./reputation-chain.ts";
import { isUnread } from "./waiting.ts";

type Needs = Pick<Context, "db" | "nowMs" | "newId" | "randomBytes">;

/** All pages there are. */
export async function readPages(chain: ReputationChain): Promise<Page[]> {
  const pages: Page[] = [];
  for (;;) {
    const page = await chain.page(pages.length);
    if (!page) return pages;
    pages.push(page);
  }
}

/** Copies what all pages say to the nodes' rows: score, tier and counters, and where they stand. */
export async function readBack(context: Needs, chain: ReputationChain): Promise<void> {
  const pages = await readPages(chain);
  await context.db.transaction(async (tx) => {
    for (const page of pages) await copyPage(context, tx, page);
    // Whoever stands on none has done nothing yet.
    await tx
      .update(nodes)
      .set({ lastReputationSync: now(context) })
      .where(isUnread);
  });
}

/** Copies what one page says. An older view of the page than the one copied last changes nothing. */
export async function copyPage(context: Omit<Needs, "db">, tx: Tx, page: Page): Promise<void> {
  const entries = page.entries.slice(0, page.count);
  if (entries.length === 0) return;
  const wallets = entries.map(({ wallet }) => wallet as string);
  const known = await tx.select().from(nodes).where(inArray(nodes.walletPubkey, wallets));
  const sequence = Number(page.sequence);
  for (const node of known) {
    const entry = wallets.indexOf(node.walletPubkey ?? "");
    const onChain = entries[entry];
    // A wallet that stands on several pages counts where it stood first.
    if (!onChain || (node.reputationPage ?? page.pageIndex) !== page.pageIndex) continue;
    if ((node.reputation?.sequence ?? 0) > sequence) continue;
    await tx
      .update(nodes)
      .set({
        reputationPage: page.pageIndex,
        reputationEntry: entry,
        reputationScore: onChain.score,
        reputationTier: onChain.tier,
        reputation: { ...countersOf(onChain), sequence },
        lastReputationSync: now(context),
      })
      .where(eq(nodes.id, node.id));
  }
}

function countersOf({
  wallet: _wallet,
  score: _score,
  tier: _tier,
  reserved: _reserved,
  ...counters
}: ReputationEntry) {
  return counters;
}
