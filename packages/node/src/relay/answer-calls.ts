import type { Duplex } from "node:stream";
import { type Backoff, backoffMs } from "@cyxwiz/chain";
import { isCyxwizError } from "@cyxwiz/errors";
import { openTunnel, type RelayCall } from "@cyxwiz/protocol";
import type { CentralClient } from "../central-client/central-client.ts";
import { describe, type Logger } from "../util/log.ts";
import { pause } from "../util/retry.ts";
import { untilSilent } from "./until-silent.ts";

/** A Central that relays nothing may be a later version the next time. */
const UNIMPLEMENTED_PAUSE_MS = 300_000;
/** More connections at a time than Central lets through for a job; from one that calls more often, this protects us. */
const MAX_CONNECTIONS = 64;

export interface AnswerOptions {
  readonly central: CentralClient;
  /** Serves a connection as if it had come in by the node's own port. */
  readonly accept: (connection: Duplex) => void;
  readonly callTimeoutMs: number;
  readonly backoff: Backoff;
  readonly signal: AbortSignal;
  readonly log: Logger;
}

/**
 * Keeps a stream open at Central, and takes the connections that Central relays to this node, until the signal says
 * stop; those it has taken are the server's to end. Never throws.
 */
export async function answerCalls(options: AnswerOptions): Promise<void> {
  const { central, signal, log, backoff } = options;
  const open = new Set<Duplex>();
  let failures = 0;
  while (!signal.aborted) {
    try {
      const lost = new AbortController();
      const calls = await central.listen(AbortSignal.any([signal, lost.signal]));
      log.debug("listening for connections that Central relays");
      for await (const call of untilSilent(calls, () => lost.abort())) {
        failures = 0;
        if (call.callId !== "") void answer(call, open, options);
      }
      throw new Error("Central has ended the stream");
    } catch (error) {
      if (signal.aborted) break;
      failures++;
      const unsupported = isCyxwizError(error, "UNIMPLEMENTED");
      if (unsupported) log.info("Central does not relay connections: engines must reach this node by themselves");
      else log.debug({ failures, problem: describe(error) }, "not listening for relayed connections");
      await pause(unsupported ? UNIMPLEMENTED_PAUSE_MS : backoffMs(backoff, failures), signal);
    }
  }
}

async function answer(call: RelayCall, open: Set<Duplex>, options: AnswerOptions): Promise<void> {
  const { central, log, signal } = options;
  const { callId, jobId } = call;
  if (open.size >= MAX_CONNECTIONS) return log.warn({ jobId }, "too many relayed connections; this one is not taken");
  try {
    const own = central.address;
    const where = call.centralUrl === "" ? own : { ...own, url: call.centralUrl, certificatePem: call.certificatePem };
    const connection = await openTunnel({
      centralUrl: where.url,
      ...(where.certificatePem === undefined ? {} : { certificatePem: where.certificatePem }),
      end: { end: "call", id: callId },
      bearerToken: central.session,
      timeoutMs: options.callTimeoutMs,
      signal,
    });
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    options.accept(connection);
    log.debug({ jobId }, "a relayed connection");
  } catch (error) {
    log.debug({ jobId, problem: describe(error) }, "a relayed connection came to nothing");
  }
}
