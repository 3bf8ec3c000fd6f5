import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Chain, createChain, mintTokens } from "@cyxwiz/chain";
import { findNodeAddress } from "@cyxwiz/contracts";
import { home } from "../options/common.ts";
import { signatures } from "../platform/signatures.ts";
import type { Piece } from "../processes/piece.ts";
import { spawnPiece } from "../processes/spawn-piece.ts";
import type { CentralPiece, Cluster, FundedWallet, NodePiece } from "./cluster.ts";
import { keyIn, platformKeysDirectory } from "./keys.ts";
import { fundSol, type PreparedPlatform, preparePlatform } from "./prepare-platform.ts";

const TOKEN = 10n ** 9n;
const READY_TIMEOUT_MS = 60_000;

export interface ClusterOptions {
  /** Everything is kept and logged below it. */
  readonly dataDir: string;
  /** How many nodes. Default 1. */
  readonly nodes?: number;
  /** Another cluster than a localnet of our own; it must have the programs and a faucet. Both or none. */
  readonly rpcUrl?: string | undefined;
  readonly wsUrl?: string | undefined;
  /** Another PostgreSQL than Central's own. */
  readonly databaseUrl?: string | undefined;
  /** Length of the localnet's slots. Default 400, as on a real cluster. */
  readonly slotMs?: number;
  /** CYXWIZ, in base units, that the engine's wallet gets. Default 1,000 CYXWIZ. */
  readonly engineFunds?: bigint;
  /** CYXWIZ, in base units, that each node's wallet gets. Default 1,000 CYXWIZ. */
  readonly nodeFunds?: bigint;
  readonly localnetArgs?: readonly string[];
  readonly centralArgs?: readonly string[];
  readonly nodeArgs?: readonly string[];
  readonly signal?: AbortSignal;
  /** Told of each step that is done. */
  readonly onStep?: (step: ClusterStep) => void;
  /** Told of a piece that ends without having been asked to. */
  readonly onCrash?: (piece: Piece) => void;
}

/** What has been started or done. */
export type ClusterStep =
  | { readonly step: "localnet"; readonly rpcUrl: string; readonly pid: number | undefined }
  | { readonly step: "platform"; readonly platform: PreparedPlatform }
  | { readonly step: "funded"; readonly name: string; readonly wallet: FundedWallet; readonly amount: bigint }
  | { readonly step: "central"; readonly central: CentralPiece }
  | { readonly step: "node"; readonly node: NodePiece };

/**
 * Starts a whole market on this machine: chain, platform, Central and nodes, each piece a process of its own on a free
 * port. When something fails or `signal` aborts, whatever was started is stopped again.
 *
 * @example
 * await using stack = new AsyncDisposableStack();
 * const cluster = stack.adopt(await startCluster({ dataDir }), (started) => started.close());
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, signal, onStep = () => {} } = options;
  const pieces = new Set<Piece>();
  const closing = new AbortController();
  await mkdir(dataDir, { recursive: true });
  const start = async (name: string, args: readonly string[], env?: Record<string, string>): Promise<Piece> => {
    const piece = await spawnPiece({
      name,
      args,
      logFile: join(dataDir, `${name}.log`),
      readyTimeoutMs: READY_TIMEOUT_MS,
      ...(env ? { env } : {}),
      ...(signal ? { signal } : {}),
    });
    pieces.add(piece);
    void piece.exited.then(() => {
      const unasked = pieces.delete(piece) && !closing.signal.aborted;
      if (unasked) options.onCrash?.(piece);
    });
    return piece;
  };
  const close = async () => {
    closing.abort();
    // Nodes first, while there is still a Central to say goodbye to; the chain last. Sets keep the order of starting.
    for (const piece of [...pieces].reverse()) await piece.stop();
  };
  try {
    const { localnet, rpcUrl, wsUrl } = await startChain(options, start);
    onStep({ step: "localnet", rpcUrl, pid: localnet?.pid });
    const chain = createChain({ rpcUrls: [rpcUrl], wsUrl, signal: closing.signal });
    const keys = localnet ? join(dataDir, "keys") : await platformKeysDirectory(chain, join(home(), "platform-keys"));
    const platform = await preparePlatform(chain, keys, signal);
    onStep({ step: "platform", platform });

    const fundWallet = async (name: string, amount: bigint): Promise<FundedWallet> => {
      const wallet = await fund(chain, { platform, directory: join(dataDir, "keys"), name, amount });
      onStep({ step: "funded", name, wallet, amount });
      return wallet;
    };
    const environment = { CYXWIZ_RPC_URL: rpcUrl, CYXWIZ_WS_URL: wsUrl };
    const startCentral = async (port: number): Promise<CentralPiece> => {
      const args = ["central", "--data-dir", join(dataDir, "central"), "--port", `${port}`];
      const coordinator = ["--coordinator", platform.coordinator.path];
      const arbiter = platform.isArbiterAdmin ? ["--arbiter", platform.admin.path] : [];
      const piece = await start("central", [...args, ...coordinator, ...arbiter, ...(options.centralArgs ?? [])], {
        ...environment,
        ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      });
      const { url, certificatePem } = piece.ready as { url?: string; certificatePem?: string };
      const certificatePath = join(dataDir, "central-certificate.pem");
      await writeFile(certificatePath, certificatePem ?? "");
      return { piece, url: url ?? "", certificatePem: certificatePem ?? "", certificatePath };
    };

    // Central takes longest to start, and needs none of these wallets.
    const nodeNames = Array.from({ length: options.nodes ?? 1 }, (_, index) => `node-${index + 1}`);
    const [firstCentral, engineWallet, nodeWallets] = await Promise.all([
      startCentral(0),
      fundWallet("engine", options.engineFunds ?? 1_000n * TOKEN),
      Promise.all(nodeNames.map((name) => fundWallet(name, options.nodeFunds ?? 1_000n * TOKEN))),
    ]);
    let central = firstCentral;
    onStep({ step: "central", central });
    const wallets = new Map(nodeNames.map((name, index) => [name, nodeWallets[index] as FundedWallet]));
    const nodes: NodePiece[] = [];
    const startNode: Cluster["startNode"] = async (name, args = [], more = {}) => {
      const wallet = wallets.get(name) ?? (await fundWallet(name, options.nodeFunds ?? 1_000n * TOKEN));
      wallets.set(name, wallet);
      const where = ["--data-dir", join(dataDir, name), "--wallet", wallet.path, "--port", "0", "--name", name];
      const piece = await start(name, ["node", ...where, ...(options.nodeArgs ?? []), ...args], {
        ...environment,
        CYXWIZ_CENTRAL_URL: central.url,
        CYXWIZ_CENTRAL_CERTIFICATE: central.certificatePath,
        ...more,
      });
      const { nodeId, endpoint } = piece.ready as { nodeId?: string; endpoint?: string };
      const registered = await signatures(chain, await findNodeAddress(wallet.signer.address));
      const node = { piece, nodeId: nodeId ?? "", endpoint: endpoint ?? "", wallet, signatures: registered };
      nodes.push(node);
      onStep({ step: "node", node });
      return node;
    };
    await Promise.all(nodeNames.map((name) => startNode(name)));
    return {
      dataDir,
      rpcUrl,
      wsUrl,
      chain,
      localnet,
      platform,
      get central() {
        return central;
      },
      nodes,
      engineWallet,
      fundWallet,
      async restartCentral() {
        await central.piece.stop();
        central = await startCentral(Number(new URL(central.url).port));
        return central;
      },
      startNode,
      get environment() {
        return {
          ...environment,
          CYXWIZ_CENTRAL_URL: central.url,
          CYXWIZ_CENTRAL_CERTIFICATE: central.certificatePath,
          CYXWIZ_WALLET: engineWallet.path,
          CYXWIZ_ENGINE_DATA_DIR: join(dataDir, "engine"),
        };
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Start = (name: string, args: readonly string[]) => Promise<Piece>;

async function startChain(
  options: ClusterOptions,
  start: Start,
): Promise<{ localnet: Piece | undefined; rpcUrl: string; wsUrl: string }> {
  const { rpcUrl, wsUrl } = options;
  if (rpcUrl !== undefined && wsUrl !== undefined) return { localnet: undefined, rpcUrl, wsUrl };
  const slot = ["--slot-ms", `${options.slotMs ?? 400}`];
  const where = ["--data-dir", join(options.dataDir, "localnet"), "--rpc-port", "0"];
  const localnet = await start("localnet", ["localnet", ...where, ...slot, ...(options.localnetArgs ?? [])]);
  const ready = localnet.ready as { rpcUrl?: string; wsUrl?: string };
  return { localnet, rpcUrl: ready.rpcUrl ?? "", wsUrl: ready.wsUrl ?? "" };
}

async function fund(
  chain: Chain,
  options: { platform: PreparedPlatform; directory: string; name: string; amount: bigint },
): Promise<FundedWallet> {
  const { platform, amount } = options;
  const { path, signer } = await keyIn(options.directory, options.name);
  const admin = platform.admin.signer;
  const [signature] = await Promise.all([
    mintTokens(chain, { feePayer: admin, mintAuthority: admin, mint: platform.mint, to: signer.address, amount }),
    fundSol(chain, signer.address),
  ]);
  return { path, signer, signature };
}
