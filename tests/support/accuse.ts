import { createClient } from "@connectrpc/connect";
import { signBytes } from "@cyxwiz/chain";
import { openDispute } from "@cyxwiz/engine";
import { type Challenge, challengerMove } from "@cyxwiz/proof";
import { CENTRAL_AUDIENCE, createTlsTransport, DisputeService, signWalletToken } from "@cyxwiz/protocol";
import { bisectionOf } from "@cyxwiz/verify";
import { address } from "@solana/kit";
import type { DisputeWorld } from "./dispute-world.ts";

/** Calls about disputes in a payer's name, for one that says what it likes. */
export function disputeCalls(world: DisputeWorld) {
  const { payer, central } = world;
  const { transport, close } = createTlsTransport({
    ...{ peer: "Central", baseUrl: central.url, certificatePem: central.certificate.certificatePem },
    bearerToken: () =>
      signWalletToken({
        ...{ wallet: payer.address, privateKey: payer.keyPair.privateKey, audience: CENTRAL_AUDIENCE },
        nowSeconds: Math.floor(Date.now() / 1_000),
      }),
    maxMessageBytes: 1 << 20,
  });
  return Object.assign(createClient(DisputeService, transport), { close });
}

/** Opens a dispute on chain, with whatever as evidence. */
export function disputeOnChain({ chain, payer: wallet }: DisputeWorld, escrow: string): Promise<string> {
  return openDispute(address(escrow), new Uint8Array(32).fill(0xe1), { chain, wallet });
}

/** Makes the challenger's next move, if it is its turn. */
export async function moveBy(
  { payer }: DisputeWorld,
  calls: ReturnType<typeof disputeCalls>,
  { jobId, challenge }: { readonly jobId: string; readonly challenge: Challenge },
) {
  const dispute = await calls.getDispute({ jobId });
  const bytes = challengerMove(bisectionOf(dispute), challenge);
  if (bytes === undefined) return dispute;
  return calls.makeMove({ jobId, move: { move: bytes, signature: await signBytes(payer, bytes) } });
}
