import {
  fetchMaybeNode,
  findNodeAddress,
  getRegisterInstructionAsync,
  getUpdateNodeInstructionAsync,
} from "@cyxwiz/contracts";
import { equalBytes, hashFromHex } from "@cyxwiz/proof";
import { loadOrCreateCertificate } from "@cyxwiz/protocol";
import type { Address } from "@solana/kit";
import { hashCapabilities, readCapabilities } from "../identity/capabilities.ts";
import { confirmed, type OperatorAction, programsOf } from "./operator-context.ts";
import { readRegistry } from "./read-node.ts";
import { send } from "./send.ts";

/** What registering did. */
export interface Registration {
  readonly node: Address;
  /** SHA-256 of the certificate that clients will accept, in hex. */
  readonly certificateSha256: string;
  readonly change: "registered" | "updated" | "unchanged";
  /** Of the transaction, where one was needed. */
  readonly signature?: string;
}

/**
 * Registers a node on chain with the certificate it will serve and this machine's hardware, or renews what has changed;
 * safe to repeat. Running the node does the same.
 *
 * @throws CyxwizError CONFIG_INVALID (no registry; the directory cannot be used), TRANSACTION_FAILED
 */
export async function registerNode(
  action: OperatorAction,
  machine: {
    /** The node's data directory, which has its certificate; made where there is none. */
    readonly dataDir: string;
    readonly name: string;
    /** Where clients reach the node. */
    readonly host: string;
    readonly nowMs: number;
  },
): Promise<Registration> {
  const { chain, wallet } = action;
  const program = { programAddress: programsOf(action).nodeRegistry };
  const { mint } = await readRegistry(action);
  const certificate = await loadOrCreateCertificate({
    directory: machine.dataDir,
    commonName: machine.name,
    hosts: [machine.host],
    nowMs: machine.nowMs,
  });
  const certificateSha256 = certificate.fingerprintSha256;
  const fingerprint = hashFromHex(certificateSha256, "certificate fingerprint");
  const capabilitiesHash = hashCapabilities(readCapabilities());
  const identity = wallet.address;
  const node = await findNodeAddress(wallet.address, programsOf(action));
  const existing = await fetchMaybeNode(chain.rpc, node, confirmed(action));

  const description = { wallet, identity, fingerprint, capabilitiesHash };
  if (!existing.exists) {
    const register = await getRegisterInstructionAsync({ ...description, payer: wallet, mint }, program);
    const signature = await send(action, "Register the node", register);
    return { node, certificateSha256, change: "registered", signature };
  }
  const { data } = existing;
  const same =
    equalBytes(new Uint8Array(data.fingerprint), fingerprint) &&
    equalBytes(new Uint8Array(data.capabilitiesHash), capabilitiesHash);
  if (same) return { node, certificateSha256, change: "unchanged" };
  const update = await getUpdateNodeInstructionAsync(description, program);
  const signature = await send(action, "Update the node", update);
  return { node, certificateSha256, change: "updated", signature };
}
