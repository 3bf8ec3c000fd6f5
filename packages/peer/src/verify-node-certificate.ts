import { fetchMaybeNode, findNodeAddress, type ProgramAddresses } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { toHex } from "@cyxwiz/proof";
import { fingerprintOf } from "@cyxwiz/protocol";
import { address, type GetAccountInfoApi, type Rpc } from "@solana/kit";

/**
 * Makes sure that a certificate is the one the node's wallet has registered on chain, whatever Central says.
 *
 * @throws CyxwizError `NODE_IDENTITY_MISMATCH`
 */
export async function verifyNodeCertificate(
  rpc: Rpc<GetAccountInfoApi>,
  options: { nodeWallet: string; certificatePem: string; programs: ProgramAddresses; signal: AbortSignal },
): Promise<void> {
  const { nodeWallet } = options;
  const account = await fetchMaybeNode(rpc, await findNodeAddress(address(nodeWallet), options.programs), {
    commitment: "confirmed",
    abortSignal: options.signal,
  });
  const expected = account.exists ? toHex(account.data.fingerprint as Uint8Array) : "none";
  const actual = certificateFingerprint(options.certificatePem);
  if (expected !== actual) throw new CyxwizError("NODE_IDENTITY_MISMATCH", { nodeWallet, expected, actual });
}

function certificateFingerprint(pem: string): string {
  try {
    return fingerprintOf(pem);
  } catch {
    return "no certificate";
  }
}
