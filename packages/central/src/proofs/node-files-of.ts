import type { Socket } from "node:net";
import { create } from "@bufbuild/protobuf";
import type { Chain } from "@cyxwiz/chain";
import type { ProgramAddresses } from "@cyxwiz/contracts";
import { GetAuditTokenResponseSchema, type GetCommitmentsResponse } from "@cyxwiz/protocol";
import { type NodeFiles, openNodeFiles } from "@cyxwiz/verify";
import type { Context } from "../context.ts";
import { issueAuditToken } from "../tokens/issue-audit-token.ts";
import type { InTurn } from "../work/turns.ts";

/** What it takes to look at what a node keeps. */
export interface Sight {
  readonly chain: Pick<Chain, "rpc">;
  readonly programs: ProgramAddresses;
  /** A byte stream through the relay to a job's node, for the holder of a token. */
  readonly openRelay: (jobId: string, token: string, signal: AbortSignal) => Promise<Socket>;
  /** Replays go one after the other: each takes a core, and memory for data set and model. */
  readonly inTurn: InTurn;
}

/** What the node of a job keeps of it, for Central itself. */
export function nodeFilesOf(
  context: Context,
  { chain, programs, openRelay }: Sight,
  claimed: GetCommitmentsResponse,
  signal: AbortSignal,
): NodeFiles {
  const { jobId, nodeId, nodeWallet } = claimed;
  const token = () => issueAuditToken(context, { jobId, nodeId });
  return openNodeFiles(
    {
      ...{ chain, programs, nowMs: context.nowMs },
      openRelay: async (_, relaySignal) => openRelay(jobId, (await token()).token, relaySignal),
      proofs: {
        async getAuditToken() {
          const { token: issued, expiresAtSeconds } = await token();
          return create(GetAuditTokenResponseSchema, { token: issued, expiresAt: BigInt(expiresAtSeconds) });
        },
      },
    },
    claimed,
    { nodeWallet, signal },
  );
}
