import type { ServiceImpl } from "@connectrpc/connect";
import type { RelayService } from "@cyxwiz/protocol";
import type { Context } from "../context.ts";
import { nodeOfSession } from "../nodes/sessions.ts";
import type { Relay } from "../relay/relay.ts";
import { bearerToken } from "./caller.ts";

/** Where nodes learn who wants to be connected to them. */
export function relayService(context: Context, relay: Relay): ServiceImpl<typeof RelayService> {
  return {
    async *listen({ nodeId }, call) {
      const node = await nodeOfSession(context, bearerToken(call), nodeId);
      yield* relay.listen(node.id, call.signal);
    },
  };
}
