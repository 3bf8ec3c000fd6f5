import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { setImmediate } from "node:timers/promises";
import { CyxwizError } from "@cyxwiz/errors";
import { openLedger } from "./ledger/open-ledger.ts";
import type { Localnet, LocalnetOptions, LocalnetProgram } from "./options.ts";
import type { Localhost } from "./rpc/localhost.ts";
import { methodTable } from "./rpc/method-table.ts";
import { methodNotFound } from "./rpc/rpc-error.ts";
import { httpHandler } from "./server/http-handler.ts";
import { listen, stopListening } from "./server/listen.ts";
import { serveSockets } from "./server/socket-handler.ts";
import { startTicker } from "./slot-ticker.ts";

const DEFAULT_SLOT_MS = 400;
const BLOCKS_PER_TURN = 50;
/** Longer than clients keep idle connections, or they would send into one that is just being closed. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Starts a Solana chain in this process: the Agave runtime behind JSON-RPC and WebSocket, as a validator has them.
 *
 * @example
 * await using stack = new AsyncDisposableStack();
 * const localnet = stack.adopt(await startLocalnet(), (net) => net.close());
 * const rpc = createSolanaRpc(localnet.rpcUrl);
 *
 * @throws CyxwizError CONFIG_INVALID (a port is taken, a program can't be read), LOCALNET_DATA_IN_USE,
 * LOCALNET_JOURNAL_DAMAGED, ABORTED
 */
export async function startLocalnet(options: LocalnetOptions = {}): Promise<Localnet> {
  const { host = "127.0.0.1", rpcPort = 0, slotMs = DEFAULT_SLOT_MS, signal } = options;
  if (signal?.aborted) throw new CyxwizError("ABORTED", { what: "Starting the localnet" });
  const opened = await openLedger({
    dataDir: options.dataDir,
    programs: await Promise.all((options.programs ?? []).map(readProgram)),
    nowMs: options.nowMs ?? Date.now,
    compactBytes: options.compactBytes,
  });
  const { ledger, faucet } = opened;

  const advanceSlots = async (count: number) => {
    for (let closed = 0; closed < count; closed += 1) {
      if (closed % BLOCKS_PER_TURN === BLOCKS_PER_TURN - 1) await setImmediate();
      ledger.closeBlock();
    }
  };
  const addresses = { rpc: "", pubsub: "" };
  const local: Localhost = { ledger, faucet, slotMs, advanceSlots, addresses };
  const methods = methodTable({ timeControl: options.timeControl ?? false });
  const handler = httpHandler((name, params) => {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
    if (method === undefined) throw methodNotFound();
    return method(local, params);
  });
  const server = () => createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, handler);
  const servers = [server(), server()] as const;
  const endSockets = serveSockets(servers, local);
  let stopTicker = () => {};

  const shutDown = async () => {
    stopTicker();
    endSockets();
    await Promise.all(servers.map(stopListening));
    await opened.close();
  };
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shutDown());

  try {
    const boundRpc = await listen(servers[0], host, rpcPort);
    const boundWs = await listen(servers[1], host, options.wsPort ?? (rpcPort === 0 ? 0 : rpcPort + 1));
    const name = host.includes(":") ? `[${host}]` : host;
    addresses.rpc = `${name}:${boundRpc}`;
    addresses.pubsub = `${name}:${boundWs}`;
  } catch (error) {
    await close();
    throw error;
  }
  if (slotMs > 0) stopTicker = startTicker(slotMs, () => ledger.closeBlock());
  // Whoever aborts can't be told of a failure here; close() gives the same promise.
  signal?.addEventListener("abort", () => void close().catch(() => {}), { once: true });
  return {
    rpcUrl: `http://${addresses.rpc}`,
    wsUrl: `ws://${addresses.pubsub}`,
    advanceSlots,
    advanceTime: (seconds) => ledger.advanceClock(seconds),
    warpToSlot: (slot) => ledger.closeBlock(slot),
    close,
  };
}

async function readProgram(program: LocalnetProgram) {
  if ("elf" in program) return program;
  try {
    return { address: program.address, elf: new Uint8Array(await readFile(program.elfPath)) };
  } catch (cause) {
    const problem = `cannot read program ${program.address}: ${(cause as Error).message}`;
    throw new CyxwizError("CONFIG_INVALID", { source: program.elfPath, problem }, { cause });
  }
}
