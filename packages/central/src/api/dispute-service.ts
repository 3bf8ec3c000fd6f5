import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import { type DisputeService, DisputeStage } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import { disputesWaitingFor } from "../disputes/dispute-record.ts";
import { makeMove } from "../disputes/make-move.ts";
import type { Referee } from "../disputes/referee/referee.ts";
import { proposeDispute, tellDispute } from "../disputes/tell-dispute.ts";
import { nodeOfSession } from "../nodes/sessions.ts";
import { bearerToken, callerWallet } from "./caller.ts";

/** Where two who disagree about a job find the epoch at which they part. */
export function disputeService(context: Context, referee: Referee): ServiceImpl<typeof DisputeService> {
  // A session is no JWT, which has two dots.
  async function caller(call: HandlerContext): Promise<{ readonly wallet: string; readonly isNode: boolean }> {
    const token = bearerToken(call);
    if (token?.split(".").length !== 3) {
      const { walletPubkey } = await nodeOfSession(context, token, "");
      return { wallet: walletPubkey ?? "", isNode: true };
    }
    const wallet = await callerWallet(context, call);
    return { wallet: wallet ?? "", isNode: false };
  }

  /** Nobody has to wait for the work queue to be told that a deadline is over. */
  async function upToDate(jobId: string) {
    const told = await tellDispute(context, jobId);
    const isLate = told?.waitsFor && context.nowMs() > Number(told.dueAt ?? 0n) * 1_000 + 999;
    if (!isLate) return told;
    // A replay may take its time.
    if (told.stage === DisputeStage.BISECTION) await referee.run(jobId);
    const ended = await tellDispute(context, jobId);
    goOn(jobId, ended?.stage);
    return ended;
  }

  /** At once what the work queue would have done soon. */
  function goOn(jobId: string, stage: DisputeStage | undefined): void {
    const later = (error: unknown) => context.log.debug({ err: error, jobId }, "later");
    if (stage === DisputeStage.REPLAY) void referee.run(jobId).catch(later);
    if (stage === DisputeStage.DECIDED) void context.settler.run(jobId).catch(later);
  }

  return {
    async getDispute({ jobId }, call) {
      return (await upToDate(jobId)) ?? proposeDispute(context, jobId, (await caller(call)).wallet);
    },

    async makeMove({ jobId, move }, call) {
      if (!move) throw new CyxwizError("INVALID_FIELD", { field: "move", problem: "is missing" });
      const { wallet } = await caller(call);
      await makeMove(context, jobId, wallet, { bytes: move.move, signature: move.signature });
      const told = await upToDate(jobId);
      goOn(jobId, told?.stage);
      return told ?? {};
    },

    async listDisputes(_, call) {
      const { wallet, isNode } = await caller(call);
      return { jobIds: await disputesWaitingFor(context.db, isNode ? "node" : "challenger", wallet) };
    },
  };
}
