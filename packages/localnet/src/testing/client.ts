import {
  type Address,
  airdropFactory,
  appendTransactionMessageInstructions,
  createSolanaRpc,
  createSolanaRpcSubscriptions,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  type Instruction,
  type KeyPairSigner,
  lamports,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
} from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import { type Localnet, type LocalnetOptions, startLocalnet } from "../index.ts";

/** A localnet that moves only when told to, and kit's own clients for it. */
export async function startForTest(options: LocalnetOptions = {}) {
  const localnet = await startLocalnet({ slotMs: 0, ...options });
  return { localnet, ...clientFor(localnet) };
}

export type TestClient = Awaited<ReturnType<typeof startForTest>>;

export function clientFor(localnet: Localnet) {
  const rpc = createSolanaRpc(localnet.rpcUrl);
  const rpcSubscriptions = createSolanaRpcSubscriptions(localnet.wsUrl);
  return {
    rpc,
    rpcSubscriptions,
    airdrop: airdropFactory({ rpc, rpcSubscriptions }),
    /** A wallet with 10 SOL, confirmed. */
    async fundedWallet(): Promise<KeyPairSigner> {
      const wallet = await generateKeyPairSigner();
      await rpc.requestAirdrop(wallet.address, lamports(10_000_000_000n)).send();
      await localnet.advanceSlots(1);
      return wallet;
    },
    /** Signs instructions with the newest blockhash. */
    async sign(payer: KeyPairSigner, instructions: readonly Instruction[]) {
      const { value: latest } = await rpc.getLatestBlockhash({ commitment: "confirmed" }).send();
      const transaction = await pipe(
        createTransactionMessage({ version: 0 }),
        (message) => setTransactionMessageFeePayerSigner(payer, message),
        (message) => setTransactionMessageLifetimeUsingBlockhash(latest, message),
        (message) => appendTransactionMessageInstructions(instructions, message),
        (message) => signTransactionMessageWithSigners(message),
      );
      const wire = getBase64EncodedWireTransaction(transaction);
      return { transaction, wire, signature: getSignatureFromTransaction(transaction), ...latest };
    },
    /** Sends bytes as they are, with or without preflight. */
    send(wire: Parameters<typeof rpc.sendTransaction>[0], skipPreflight = false) {
      return rpc.sendTransaction(wire, { encoding: "base64", skipPreflight, preflightCommitment: "processed" }).send();
    },
  };
}

export function transfer(source: KeyPairSigner, destination: Address, amount: bigint) {
  return getTransferSolInstruction({ source, destination, amount: lamports(amount) });
}

/** One raw HTTP exchange, for what no client would send. */
export async function post(url: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text };
}

/** One raw JSON-RPC call. */
export async function call(url: string, method: string, params?: unknown) {
  const { text } = await post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  return JSON.parse(text) as { result?: unknown; error?: { code: number; message: string; data?: unknown } };
}
