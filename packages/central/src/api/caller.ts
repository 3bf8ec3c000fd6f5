import type { HandlerContext } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import type { Context } from "../context.ts";
import type { Job } from "../database/schema/index.ts";
import { verifyCaller } from "../nodes/register-node.ts";

/** The token in `authorization: Bearer …`, if there is one. */
export function bearerToken({ requestHeader }: Pick<HandlerContext, "requestHeader">): string | undefined {
  return tokenIn(requestHeader.get("authorization"));
}

/** The same, from the header's text. */
export function tokenIn(header: string | null | undefined): string | undefined {
  const [scheme, token] = header?.split(" ") ?? [];
  return scheme?.toLowerCase() === "bearer" && token !== undefined && token !== "" ? token : undefined;
}

/** The wallet that a call proves to come from; existing engines prove nothing. Throws TOKEN_* for a bad proof, TOO_MANY_REQUESTS. */
export async function callerWallet(context: Context, call: HandlerContext): Promise<string | undefined> {
  const token = bearerToken(call);
  if (token === undefined) return undefined;
  const wallet = await verifyCaller(context, token);
  await context.requestLimits.countWallet(wallet);
  return wallet;
}

/** Refuses a call about a job that was submitted with a wallet's proof and is not that wallet's own. */
export async function requireOwner(context: Context, job: Job, call: HandlerContext): Promise<void> {
  if (!job.owned) return;
  const caller = await callerWallet(context, call);
  if (caller === undefined) throw new CyxwizError("TOKEN_MISSING", { what: `Job ${job.id}` });
  if (caller !== job.payerWallet) throw new CyxwizError("NOT_YOURS", { what: `Job ${job.id}` });
}
