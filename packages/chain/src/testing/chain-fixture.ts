import { type LocalnetOptions, startLocalnet } from "@cyxwiz/localnet";
import { type Address, generateKeyPairSigner, lamports, type TransactionSigner } from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import { onTestFinished } from "vitest";
import { type ChainOptions, createChain } from "../chain.ts";

/** A localnet for one test, and a chain for it. */
export async function startChain(localnetOptions: LocalnetOptions = {}, chainOptions: Partial<ChainOptions> = {}) {
  const localnet = await startLocalnet({ slotMs: 50, ...localnetOptions });
  onTestFinished(() => localnet.close());
  const { rpcUrl, wsUrl } = localnet;
  const chain = createChain({ rpcUrls: [rpcUrl], wsUrl, random: () => 0.5, ...chainOptions });
  return { localnet, chain };
}

/** A wallet with 10 SOL, given through the localnet itself: what lies between may be what the test breaks. */
export async function fundedWallet(localnet: Awaited<ReturnType<typeof startChain>>["localnet"]) {
  const { rpc } = createChain({ rpcUrls: [localnet.rpcUrl], wsUrl: localnet.wsUrl });
  const wallet = await generateKeyPairSigner();
  await rpc.requestAirdrop(wallet.address, lamports(10n ** 10n)).send();
  await localnet.advanceSlots(1);
  return wallet;
}

export function transfer(source: TransactionSigner, destination: Address, amount: bigint) {
  return getTransferSolInstruction({ source, destination, amount: lamports(amount) });
}
