import {
  buildAndSign,
  type Chain,
  chainTime,
  deliver,
  failureReason,
  lamportBalance,
  signBytes,
  tokenAllowance,
  tokenBalance,
  wait,
} from "@cyxwiz/chain";
import {
  fetchMaybeNode,
  fetchMaybePlatform,
  findNodeAddress,
  findPlatformAddress,
  type Platform,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { address, type KeyPairSigner, type Signature } from "@solana/kit";
import { createdEscrow } from "./created-escrow.ts";
import { findEscrows, readEscrow } from "./escrow-accounts.ts";
import { escrowEnd } from "./escrow-end.ts";
import type { PlatformChain, TransactionState } from "./platform-chain.ts";
import { settlementInstructions } from "./settlement-instructions.ts";

const PLATFORM_KEPT_MS = 60_000;
/** A transaction that is still open after this is looked at again later. */
const DELIVERY_MS = 30_000;
const POLL_MS = 100;
const AT = { commitment: "confirmed" } as const;

/**
 * What Central does on one deployment of the programs, with the coordinator's key.
 *
 * @throws CyxwizError CONFIG_INVALID if there is no platform, or its coordinator or arbiter is another key
 */
export async function openPlatformChain(
  chain: Chain,
  programs: ProgramAddresses,
  coordinator: KeyPairSigner,
  nowMs: () => number,
  arbiter?: KeyPairSigner,
): Promise<PlatformChain> {
  const platformAddress = await findPlatformAddress(programs);
  let kept: { readonly platform: Platform; readonly untilMs: number } | undefined;

  async function platform(): Promise<Platform> {
    if (kept && nowMs() < kept.untilMs) return kept.platform;
    const found = await fetchMaybePlatform(chain.rpc, platformAddress, AT);
    if (!found.exists || found.programAddress !== programs.jobEscrow) {
      const problem = `there is no platform account at ${platformAddress}. \`cyxwiz admin init\` makes one.`;
      throw new CyxwizError("CONFIG_INVALID", { source: "rpcUrl", problem });
    }
    kept = { platform: found.data, untilMs: nowMs() + PLATFORM_KEPT_MS };
    return found.data;
  }

  const { coordinator: registered, arbiter: decides } = await platform();
  if (registered !== coordinator.address) {
    const problem = `it is ${coordinator.address}, but the platform's coordinator is ${registered}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "coordinatorKeypair", problem });
  }
  if (arbiter && decides !== arbiter.address) {
    const problem = `it is ${arbiter.address}, but the platform's arbiter is ${decides}`;
    throw new CyxwizError("CONFIG_INVALID", { source: "arbiterKeypair", problem });
  }

  return {
    ...(await settlementInstructions(chain, programs, coordinator, platform, arbiter)),
    coordinator: coordinator.address,
    ...(arbiter && { arbiter: arbiter.address }),
    jobEscrowProgram: programs.jobEscrow,
    nodeRegistryProgram: programs.nodeRegistry,
    time: () => chainTime(chain),
    platform,
    async node(wallet) {
      const found = await fetchMaybeNode(chain.rpc, await findNodeAddress(address(wallet), programs), AT);
      return found.exists && found.programAddress === programs.nodeRegistry ? found.data : undefined;
    },
    escrow: (escrow) => readEscrow(chain, programs, address(escrow)),
    escrowsOfJob: (jobId) => findEscrows(chain, programs, jobId),
    escrowCreatedBy: (signature) => createdEscrow(chain, programs.jobEscrow, signature),
    escrowEnd: (escrow, nonce, signature) => escrowEnd(chain, programs, { escrow: address(escrow), nonce, signature }),
    transactionState: (signature) => transactionState(chain, signature),
    async slotAfter(slot, signal) {
      const now = () => chain.rpc.getSlot({ commitment: "processed" }).send({ abortSignal: signal });
      while ((await now()) <= slot) await wait(POLL_MS, "The next slot", signal);
    },
    async firstBlockAfter(slot) {
      const [next] = await chain.rpc.getBlocksWithLimit(slot + 1n, 1, AT).send();
      if (next === undefined) return undefined;
      const options = { ...AT, transactionDetails: "none", rewards: false, maxSupportedTransactionVersion: 0 } as const;
      const block = await chain.rpc.getBlock(next, options).send();
      return block === null ? undefined : { slot: next, hash: block.blockhash };
    },
    async treasuryAllowance() {
      const { delegate, allowed, balance } = await tokenAllowance(chain, (await platform()).treasury);
      if (delegate !== coordinator.address) return 0n;
      return allowed < balance ? allowed : balance;
    },
    slot: () => chain.rpc.getSlot(AT).send(),
    signBytes: (bytes) => signBytes(coordinator, bytes),
    sign: (instructions) => buildAndSign(chain, { instructions, feePayer: coordinator }),
    deliver: (transaction, signal) => deliver(chain, transaction, { timeoutMs: DELIVERY_MS, pollMs: POLL_MS, signal }),
    async balances(wallet) {
      const { mint } = await platform();
      const owner = address(wallet);
      const [lamports, cyxwiz] = await Promise.all([
        lamportBalance(chain, owner),
        tokenBalance(chain, { owner, mint }),
      ]);
      return { lamports, cyxwiz, mint };
    },
  };
}

async function transactionState(chain: Chain, signature: string): Promise<TransactionState> {
  const { value } = await chain.rpc
    .getSignatureStatuses([signature as Signature], { searchTransactionHistory: true })
    .send();
  const status = value[0];
  if (!status) return { kind: "unknown" };
  if (status.confirmationStatus === "processed") return { kind: "processed" };
  if (status.err === null) return { kind: "confirmed" };
  return { kind: "failed", reason: failureReason(status.err, chain.explainError) };
}
