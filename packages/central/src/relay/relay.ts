import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { acceptTunnel, type RelayCall, refuseTunnel, splice, type TunnelEnd } from "@cyxwiz/protocol";
import { tokenIn } from "../api/caller.ts";
import type { Context } from "../context.ts";
import { nameOutage } from "../database/outage.ts";
import { findJob } from "../jobs/find-job.ts";
import { nodeOfSession } from "../nodes/sessions.ts";
import { JobUsages } from "./job-usages.ts";
import { ListeningNodes } from "./listening-nodes.ts";
import { mayConnect } from "./may-connect.ts";
import { callNodesThrough, type ReplicaAddress } from "./replicas.ts";
import { WaitingCalls } from "./waiting-calls.ts";

const CALL_ID_BYTES = 16;

/** What operators see of the relay, at this replica. */
export interface RelayFigures {
  readonly listeningNodes: number;
  readonly openConnections: number;
  /** Both directions together, since this process began. */
  readonly bytes: number;
  readonly refused: number;
}

/** Connects those who have a job with its node where they cannot do so themselves. All it sees is ciphertext. */
export interface Relay {
  /** For a node: every call for it, until the signal ends it. */
  listen(nodeId: string, signal: AbortSignal): AsyncIterable<RelayCall>;
  /** One end of a connection, asked for by an HTTP upgrade: answers it. Never throws. */
  open(end: TunnelEnd, request: IncomingMessage, socket: Socket): Promise<void>;
  figures(): RelayFigures;
  /** Ends everything. Safe to call twice. */
  close(): Promise<void>;
}

/** @param options.self how other replicas' nodes reach this one, once its port is known */
export async function startRelay(
  context: Context,
  options: { readonly databaseUrl: string; readonly self: () => ReplicaAddress },
): Promise<Relay> {
  const { config, log } = context;
  const closing = new AbortController();
  const nodes = new ListeningNodes(config.heartbeatSeconds * 1_000);
  const waiting = new WaitingCalls();
  const usages = new JobUsages(context);
  const caller = await callNodesThrough(context, { ...options, nodes });
  let [bytes, refused] = [0, 0];
  let closed: Promise<void> | undefined;

  async function connect(jobId: string, token: string | undefined, socket: Socket): Promise<void> {
    const job = await findJob(context.db, jobId);
    const nodeId = await mayConnect(context, job, token);
    const { usage, release } = await usages.admit(job.id);
    try {
      const gone = new AbortController();
      socket.once("close", () => gone.abort());
      const call = { callId: toHex(context.randomBytes(CALL_ID_BYTES)), jobId: job.id, nodeId };
      const far = await waiting.wait(call, () => caller.call(call), {
        timeoutMs: config.relayAnswerSeconds * 1_000,
        signal: AbortSignal.any([closing.signal, gone.signal]),
      });
      for (const end of [socket, far]) acceptTunnel(end);
      log.debug({ jobId: job.id, nodeId }, "relaying");
      await splice(socket, far, {
        via: () =>
          usage.meter((passed) => {
            bytes += passed;
          }),
        idleTimeoutMs: config.relayIdleSeconds * 1_000,
        signal: AbortSignal.any([closing.signal, usage.exhausted]),
      });
    } finally {
      release();
    }
  }

  async function answer(callId: string, token: string | undefined, socket: Socket): Promise<void> {
    const node = await nodeOfSession(context, token, "");
    waiting.answer(callId, node.id, socket);
  }

  async function close(): Promise<void> {
    closing.abort();
    nodes.close();
    await Promise.all([usages.close(), caller.close()]);
  }

  return {
    listen: (nodeId, signal) => nodes.listen(nodeId, signal),
    async open({ end, id }, request, socket) {
      try {
        await context.requestLimits.countAddress(socket.remoteAddress ?? "", "relay");
        await (end === "job" ? connect : answer)(id, tokenIn(request.headers.authorization), socket);
      } catch (error) {
        refused++;
        refuseTunnel(socket, toRefusal(error, context));
      }
    },
    figures: () => ({ listeningNodes: nodes.size, openConnections: usages.open, bytes, refused }),
    close: () => (closed ??= close()),
  };
}

function toRefusal(error: unknown, { log }: Context): CyxwizError {
  const named = nameOutage(error);
  if (isCyxwizError(named)) return named;
  log.error({ err: error }, "unexpected failure of the relay");
  return new CyxwizError("INTERNAL", { what: "relaying a connection" }, { cause: error });
}
