import { isIP } from "node:net";
import { toJson } from "@bufbuild/protobuf";
import { findNodePda, NodeStatus } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import {
  CENTRAL_AUDIENCE,
  fingerprintOf,
  type NodeInfo,
  NodeInfoSchema,
  type RegisterNodeRequest,
  verifyWalletToken,
} from "@cyxwiz/protocol";
import { type Address, getAddressDecoder, getAddressEncoder, isAddress } from "@solana/kit";
import { type Context, now, nowSeconds } from "../context.ts";
import { nodes } from "../database/schema/index.ts";
import { refreshNode, registryColumns } from "./refresh-node.ts";
import { newSession } from "./sessions.ts";

const MAX_FLOPS = 1e21;
const MAX_INFO_BYTES = 65_536;

/**
 * Admits a node whose wallet signed for it and stands in the registry on chain with the certificate it serves with.
 * The same wallet always gets the same id; its earlier session ends.
 *
 * @throws CyxwizError TOKEN_*, NOT_YOURS, NODE_NOT_ON_CHAIN, CERTIFICATE_NOT_REGISTERED, INVALID_FIELD
 */
export async function registerNode(
  context: Context,
  request: RegisterNodeRequest,
): Promise<{ nodeId: string; sessionToken: string }> {
  const wallet = await provenWallet(context, request);
  const info = request.info;
  if (!info) throw new CyxwizError("INVALID_FIELD", { field: "info", problem: "is missing" });
  const endpoint = endpointOf(info);
  const certificateSha256 = readFingerprint(request.certificatePem);
  const onChain = await context.chain.node(wallet);
  if (!onChain) throw notOnChain(wallet, "it is not in the registry. Register and stake first.");
  if (onChain.status !== NodeStatus.Active) throw notOnChain(wallet, "its registration is not active.");
  const registered = toHex(new Uint8Array(onChain.fingerprint));
  if (registered !== certificateSha256) {
    throw new CyxwizError("CERTIFICATE_NOT_REGISTERED", { registered, actual: certificateSha256 });
  }
  const session = newSession(context);
  const values = {
    ...registryColumns(onChain),
    nodeAddress: await nodeAddress(context, wallet),
    reputationScore: 0,
    name: info.name.slice(0, 200),
    endpoint,
    certificatePem: request.certificatePem,
    certificateSha256,
    sessionHash: session.hash,
    ...describe(info),
    lastHeartbeatAt: now(context),
  };
  const { reputationScore: _kept, ...again } = values;
  const [node] = await context.db
    .insert(nodes)
    .values({ id: context.newId(), walletPubkey: wallet, registeredAt: now(context), ...values })
    .onConflictDoUpdate({ target: nodes.walletPubkey, set: again })
    .returning({ id: nodes.id });
  if (!node) throw new CyxwizError("INTERNAL", { what: "a node vanished" });
  // What changed on chain before the row was there, nobody was told of.
  await refreshNode(context, node.id, wallet);
  context.log.info({ nodeId: node.id, wallet, endpoint }, "node registered");
  return { nodeId: node.id, sessionToken: session.token };
}

/** What a node says of itself, as it is stored. */
export function describe(info: NodeInfo): { info: Record<string, unknown>; flopsPerSecond: bigint } {
  const json = toJson(NodeInfoSchema, info) as Record<string, unknown>;
  if (JSON.stringify(json).length > MAX_INFO_BYTES) {
    throw new CyxwizError("INVALID_FIELD", { field: "info", problem: `is larger than ${MAX_INFO_BYTES} bytes` });
  }
  const flops = info.computeScore * 1e9;
  return { info: json, flopsPerSecond: flops > 0 && flops < MAX_FLOPS ? BigInt(Math.floor(flops)) : 0n };
}

async function provenWallet(context: Context, request: RegisterNodeRequest): Promise<string> {
  const wallet = await verifyCaller(context, request.authenticationToken);
  if (request.publicKey.length === 0) return wallet;
  if (request.publicKey.length !== 32 || getAddressDecoder().decode(request.publicKey) !== wallet) {
    throw new CyxwizError("NOT_YOURS", { what: "The public key" });
  }
  return wallet;
}

/** The wallet that signed a wallet token for us. Throws TOKEN_*. */
export function verifyCaller(context: Context, token: string): Promise<string> {
  return verifyWalletToken(token, {
    audience: CENTRAL_AUDIENCE,
    nowSeconds: nowSeconds(context),
    decodeAddress: (wallet) => {
      if (!isAddress(wallet)) throw new CyxwizError("TOKEN_INVALID", { reason: "its issuer is no wallet" });
      return new Uint8Array(getAddressEncoder().encode(wallet as Address));
    },
  });
}

function endpointOf(info: NodeInfo): string {
  const { ipAddress: host, port } = info;
  if (port < 1 || port > 65_535) {
    throw new CyxwizError("INVALID_FIELD", { field: "info.port", problem: "must be from 1 to 65535" });
  }
  if (isIP(host) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]{0,252})$/.test(host)) {
    throw new CyxwizError("INVALID_FIELD", { field: "info.ip_address", problem: "must be an IP address or host name" });
  }
  return isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;
}

function readFingerprint(certificatePem: string): string {
  try {
    return fingerprintOf(certificatePem);
  } catch (error) {
    const field = { field: "certificate_pem", problem: "is no certificate in PEM form" };
    throw new CyxwizError("INVALID_FIELD", field, { cause: error });
  }
}

async function nodeAddress(context: Context, wallet: string): Promise<string> {
  const place = { programAddress: context.chain.nodeRegistryProgram };
  const [found] = await findNodePda({ wallet: wallet as Address }, place);
  return found;
}

function notOnChain(wallet: string, problem: string): CyxwizError {
  return new CyxwizError("NODE_NOT_ON_CHAIN", { wallet, problem });
}
