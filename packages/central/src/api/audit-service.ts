import type { ServiceImpl } from "@connectrpc/connect";
import { type AuditService, StatusCode } from "@cyxwiz/protocol";
import { takeVerdict } from "../audits/take-verdict.ts";
import type { Context } from "../context.ts";
import { nodeOfSession } from "../nodes/sessions.ts";
import { bearerToken } from "./caller.ts";

/** Where nodes hand in what they found in the work of others. */
export function auditService(context: Context): ServiceImpl<typeof AuditService> {
  return {
    async reportVerdict(request, call) {
      const node = await nodeOfSession(context, bearerToken(call), request.nodeId);
      await takeVerdict(context, node, request);
      return { status: StatusCode.STATUS_SUCCESS };
    },
  };
}
