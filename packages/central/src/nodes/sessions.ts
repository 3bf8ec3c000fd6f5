import { createHash } from "node:crypto";
import { CyxwizError } from "@cyxwiz/errors";
import { eq } from "drizzle-orm";
import type { Context } from "../context.ts";
import { nodes } from "../database/schema/index.ts";

const TOKEN_BYTES = 32;

/** A new session token, and the hash of it that is stored. */
export function newSession(context: Pick<Context, "randomBytes">): { token: string; hash: string } {
  const token = Buffer.from(context.randomBytes(TOKEN_BYTES)).toString("base64url");
  return { token, hash: hashOf(token) };
}

/**
 * The node that a session belongs to; it must be the one the call names.
 *
 * @throws CyxwizError TOKEN_MISSING, TOKEN_INVALID (also for sessions that a later registration replaced), NOT_YOURS,
 * TOO_MANY_REQUESTS
 */
export async function nodeOfSession(
  context: Context,
  token: string | undefined,
  nodeId: string,
): Promise<typeof nodes.$inferSelect> {
  if (token === undefined) throw new CyxwizError("TOKEN_MISSING", { what: "A node's call" });
  const [node] = await context.db
    .select()
    .from(nodes)
    .where(eq(nodes.sessionHash, hashOf(token)));
  if (!node) throw new CyxwizError("TOKEN_INVALID", { reason: "no such session; register again" });
  if (nodeId !== "" && nodeId !== node.id) throw new CyxwizError("NOT_YOURS", { what: `Node ${nodeId}` });
  await context.requestLimits.countWallet(node.walletPubkey ?? node.id);
  return node;
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
