import { createChain, findTokenAccount, tokenBalance } from "@cyxwiz/chain";
import {
  DEFAULT_PROGRAM_ADDRESSES,
  ESCROW_DISCRIMINATOR,
  EscrowState,
  fetchMaybeNode,
  fetchMaybeRegistry,
  findNodeAddress,
  findPlatformAddress,
  findRegistryAddress,
  getEscrowDecoder,
  getRegisterInstructionAsync,
  getStakeInstructionAsync,
  getStartEscrowInstruction,
  getUpdateNodeInstructionAsync,
  NodeStatus,
  type ProgramAddresses,
} from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { type Address, address, fetchEncodedAccount } from "@solana/kit";
import type { ResolvedNodeConfig } from "../config/node-config.ts";
import type { Wallet } from "../identity/wallet.ts";
import type { EscrowOnChain, NodeChain } from "./node-chain.ts";
import { createSender } from "./send.ts";

/** The chain as a node sees it, through its own RPC servers. Throws CONFIG_INVALID for addresses that are none. */
export function createNodeChain(config: ResolvedNodeConfig["chain"], wallet: Wallet): NodeChain {
  const closing = new AbortController();
  const chain = createChain({ rpcUrls: config.rpcUrls, wsUrl: config.wsUrl, signal: closing.signal });
  const programs: ProgramAddresses = {
    jobEscrow: config.jobEscrowProgram ? address(config.jobEscrowProgram) : DEFAULT_PROGRAM_ADDRESSES.jobEscrow,
    nodeRegistry: config.nodeRegistryProgram
      ? address(config.nodeRegistryProgram)
      : DEFAULT_PROGRAM_ADDRESSES.nodeRegistry,
    reputationManager: DEFAULT_PROGRAM_ADDRESSES.reputationManager,
  };
  const registryProgram = { programAddress: programs.nodeRegistry };
  const owner = wallet.signer.address;
  const confirmed = (abortSignal: AbortSignal) => ({ commitment: "confirmed", abortSignal }) as const;
  const send = createSender(chain, wallet.signer);

  const readMint = async (signal: AbortSignal): Promise<Address> => {
    const registry = await fetchMaybeRegistry(chain.rpc, await findRegistryAddress(programs), confirmed(signal));
    if (registry.exists) return registry.data.mint;
    const problem = `there is no node registry at ${programs.nodeRegistry} on this cluster`;
    throw new CyxwizError("CONFIG_INVALID", { source: "chain.nodeRegistryProgram", problem });
  };

  return {
    forVerifying: { chain, programs },
    readMint,
    async readEscrow(escrow, signal) {
      const account = await fetchEncodedAccount(chain.rpc, address(escrow), confirmed(signal));
      if (!account.exists || account.programAddress !== programs.jobEscrow) return undefined;
      const decoder = getEscrowDecoder();
      if (account.data[0] !== ESCROW_DISCRIMINATOR || account.data.length !== decoder.fixedSize) return undefined;
      return toEscrow(decoder.decode(account.data));
    },
    startJob: (escrow, nonce, signal) =>
      send("Start the job", signal, async () => [
        getStartEscrowInstruction(
          {
            node: wallet.signer,
            platform: await findPlatformAddress(programs),
            escrow: address(escrow),
            registry: await findRegistryAddress(programs),
            nodeAccount: await findNodeAddress(owner, programs),
            registryProgram: programs.nodeRegistry,
            nonce,
          },
          { programAddress: programs.jobEscrow },
        ),
      ]),
    async readRegistration(signal) {
      const node = await fetchMaybeNode(chain.rpc, await findNodeAddress(owner, programs), confirmed(signal));
      if (!node.exists) return undefined;
      const { status, fingerprint, capabilitiesHash, staked } = node.data;
      return {
        status: nameOf(NodeStatus, status),
        active: status === NodeStatus.Active,
        fingerprint: new Uint8Array(fingerprint),
        capabilitiesHash: new Uint8Array(capabilitiesHash),
        staked,
      };
    },
    register: (fingerprint, capabilitiesHash, signal) =>
      send("Register the node", signal, async () => [
        await getRegisterInstructionAsync(
          {
            payer: wallet.signer,
            wallet: wallet.signer,
            mint: await readMint(signal),
            identity: owner,
            fingerprint,
            capabilitiesHash,
          },
          registryProgram,
        ),
      ]),
    update: (fingerprint, capabilitiesHash, signal) =>
      send("Update the node", signal, async () => [
        await getUpdateNodeInstructionAsync(
          { wallet: wallet.signer, identity: owner, fingerprint, capabilitiesHash },
          registryProgram,
        ),
      ]),
    readTokens: async (signal) => tokenBalance(chain, { owner, mint: await readMint(signal), signal }),
    stake: (amount, signal) =>
      send("Stake", signal, async () => {
        const walletToken = await findTokenAccount({ owner, mint: await readMint(signal) });
        return [await getStakeInstructionAsync({ wallet: wallet.signer, walletToken, amount }, registryProgram)];
      }),
    close: () => closing.abort(),
  };
}

function toEscrow(data: ReturnType<ReturnType<typeof getEscrowDecoder>["decode"]>): EscrowOnChain {
  const { state, payer, node, mint, amount, deadline, nonce } = data;
  return {
    locked: state === EscrowState.Created || state === EscrowState.Running,
    started: state === EscrowState.Running,
    state: nameOf(EscrowState, state),
    jobId: new Uint8Array(data.jobId),
    termsHash: new Uint8Array(data.termsHash),
    payer,
    node,
    mint,
    amount,
    checkpoints: data.checkpoints,
    deadlineSeconds: deadline,
    nonce,
  };
}

/** An enum's name for a value, for messages. */
function nameOf(names: Readonly<Record<string, unknown>>, value: number): string {
  return (Object.entries(names).find(([, number]) => number === value)?.[0] ?? String(value)).toLowerCase();
}
