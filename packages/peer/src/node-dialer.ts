import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { throwIfAborted, wait } from "@cyxwiz/chain";
import { CyxwizError, isCyxwizError } from "@cyxwiz/errors";
import { dialTls, type ReadInto, type TlsDial } from "@cyxwiz/protocol";

/** How a node is reached: by its own address, or through Central. */
export type Route = "direct" | "relay";

/** Where a node is and what it must show to be that node. */
export interface NodeAddress {
  /** `host:port` */
  readonly endpoint: string;
  readonly certificatePem: string;
}

// Short, because nodes behind a router that drops what comes from outside answer nothing at all.
const DIRECT_WITHIN_MS = 4_000;
const HANDSHAKE_WITHIN_MS = 10_000;
const DIRECT_AGAIN_MS = 300;

/** Not for good, or better explained by whoever asks Central how the job stands. */
const PASSING = new Set(["UNREACHABLE", "TIMED_OUT", "RELAY_NODE_ABSENT", "UNIMPLEMENTED", "JOB_ILLEGAL_MOVE"]);

type How = Pick<TlsDial, "protocol" | "signal" | "read">;

/**
 * Opens connections to one node: directly, or through Central where that fails; then first the way that worked last.
 * Either way the node must show its certificate, and nobody in between can read or change anything.
 */
export class NodeDialer {
  readonly #node: NodeAddress;
  readonly #openRelay: (signal: AbortSignal) => Promise<Socket>;
  readonly #directWithinMs: number;
  #route: Route = "direct";

  /** @param openRelay a byte stream to the node through Central */
  constructor(
    node: NodeAddress,
    openRelay: (signal: AbortSignal) => Promise<Socket>,
    options: { readonly directWithinMs?: number } = {},
  ) {
    this.#node = node;
    this.#openRelay = openRelay;
    this.#directWithinMs = options.directWithinMs ?? DIRECT_WITHIN_MS;
  }

  /** How the newest connection goes. */
  get route(): Route {
    return this.#route;
  }

  /**
   * @param read as in `dialTls`: for direct connections
   * @throws CyxwizError `UNREACHABLE` naming both ways, why Central refuses for good (`RELAY_LIMIT_REACHED`, …), `ABORTED`
   */
  async dial(protocol: "h2" | "http/1.1", signal: AbortSignal, read?: ReadInto): Promise<TLSSocket> {
    const how = { protocol, signal, ...(read ? { read } : {}) };
    const failures: unknown[] = [];
    const routes: readonly Route[] = this.#route === "relay" ? ["relay", "direct"] : ["direct", "relay"];
    for (const route of routes) {
      try {
        const isDirectTried = route === "relay" && failures.length > 0;
        const [taken, socket] = isDirectTried
          ? await this.#relayUnlessBack(how)
          : [route, await this.#dialBy(route, how)];
        this.#route = taken;
        return socket;
      } catch (error) {
        throwIfAborted("Connecting to the node", signal);
        failures.push(error);
      }
    }
    const final = failures.find((error) => isCyxwizError(error) && !PASSING.has(error.code));
    if (final !== undefined) throw final;
    const cause = routes.map((route, index) => `${WORDS[route]}: ${messageOf(failures[index])}`).join("; ");
    const context = { peer: "the node", address: this.#node.endpoint, cause };
    throw new CyxwizError("UNREACHABLE", context, { cause: new AggregateError(failures) });
  }

  /**
   * Through Central, or directly again if that leads to the node first: Central waits for a while for a node that is away,
   * and one that is only being restarted is back sooner.
   */
  async #relayUnlessBack(how: How): Promise<[Route, TLSSocket]> {
    const decided = new AbortController();
    const either = AbortSignal.any([how.signal, decided.signal]);
    const relayed = this.#dialBy("relay", { ...how, signal: either }).then((socket): [Route, TLSSocket] => [
      "relay",
      socket,
    ]);
    const back = this.#directOnceBack({ ...how, signal: either }).then((socket): [Route, TLSSocket] => [
      "direct",
      socket,
    ]);
    try {
      const first = await Promise.race([relayed, back]);
      // Both may have come through.
      for (const way of [relayed, back])
        way.then(([, socket]) => socket !== first[1] && socket.destroy()).catch(() => {});
      return first;
    } finally {
      decided.abort();
      for (const way of [relayed, back]) way.catch(() => {});
    }
  }

  /** Rejects only when the signal aborts. */
  async #directOnceBack(how: How): Promise<TLSSocket> {
    for (;;) {
      await wait(DIRECT_AGAIN_MS, "Connecting to the node", how.signal);
      try {
        return await this.#dialBy("direct", how);
      } catch {
        throwIfAborted("Connecting to the node", how.signal);
      }
    }
  }

  async #dialBy(route: Route, how: How): Promise<TLSSocket> {
    const { endpoint, certificatePem } = this.#node;
    const tls = { peer: "the node", address: endpoint, certificatePem, ...how };
    if (route === "direct") return dialTls({ ...tls, timeoutMs: this.#directWithinMs });
    return dialTls({ ...tls, timeoutMs: HANDSHAKE_WITHIN_MS, over: await this.#openRelay(how.signal) });
  }
}

const WORDS: Readonly<Record<Route, string>> = { direct: "directly", relay: "through Central" };

// The address stands in the message around it already.
function messageOf(error: unknown): string {
  if (isCyxwizError(error, "UNREACHABLE")) return (error.context as { cause: string }).cause;
  return error instanceof Error ? error.message : String(error);
}
