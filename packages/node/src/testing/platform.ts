import {
  airdrop,
  chainTime,
  createChain,
  createKeypairFile,
  createMint,
  createTokenAccount,
  mintTokens,
  sendAndConfirm,
} from "@cyxwiz/chain";
import {
  DEFAULT_PLATFORM_PARAMETERS,
  DEFAULT_REGISTRY_PARAMETERS,
  FLAG_AUTO_RELEASE,
  fetchEscrow,
  findEscrowAddress,
  findNodeAddress,
  findProgramDataAddress,
  getCreateEscrowInstructionAsync,
  getInitializePlatformInstructionAsync,
  getInitializeRegistryInstructionAsync,
  JOB_ESCROW_PROGRAM_ADDRESS,
  NODE_REGISTRY_PROGRAM_ADDRESS,
  readProgramArtifacts,
} from "@cyxwiz/contracts";
import { startLocalnet } from "@cyxwiz/localnet";
import type { JobConfig } from "@cyxwiz/protocol";
import { specOfJob } from "@cyxwiz/training";
import { type Address, address, generateKeyPairSigner } from "@solana/kit";
import { termsOf } from "../jobs/check-job.ts";
import { jobIdBytes } from "../jobs/job-id.ts";

const STAKE = 5_000n * 10n ** 9n;

/** A chain with the platform's programs on it, a payer with tokens, and a node's wallet with the stake it needs. */
export async function startPlatform(walletPath: string) {
  const localnet = await startLocalnet({ slotMs: 50, timeControl: true, programs: await readProgramArtifacts() });
  const chain = createChain({ rpcUrls: [localnet.rpcUrl], wsUrl: localnet.wsUrl });
  const adminPath = `${walletPath}.admin`;
  const admin = await createKeypairFile(adminPath);
  const payer = await generateKeyPairSigner();
  const node = await createKeypairFile(walletPath);
  const give = (to: Address) => airdrop(chain, { to, amountLamports: 10n ** 10n });
  await Promise.all([admin, payer, node].map((signer) => give(signer.address)));
  const mint = await createMint(chain, { feePayer: admin });
  const treasury = await createTokenAccount(chain, { feePayer: admin, owner: admin.address, mint });
  const insurance = await createTokenAccount(chain, { feePayer: admin, owner: payer.address, mint });
  const common = {
    deployer: admin,
    admin,
    mint,
    insurance,
    coordinator: admin.address,
    arbiter: admin.address,
    reputationProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
  };
  const instructions = [
    await getInitializeRegistryInstructionAsync({
      ...DEFAULT_REGISTRY_PARAMETERS,
      ...common,
      program: NODE_REGISTRY_PROGRAM_ADDRESS,
      programData: await findProgramDataAddress(NODE_REGISTRY_PROGRAM_ADDRESS),
      escrowProgram: JOB_ESCROW_PROGRAM_ADDRESS,
    }),
    await getInitializePlatformInstructionAsync({
      ...DEFAULT_PLATFORM_PARAMETERS,
      ...common,
      treasury,
      program: JOB_ESCROW_PROGRAM_ADDRESS,
      programData: await findProgramDataAddress(JOB_ESCROW_PROGRAM_ADDRESS),
      registryProgram: NODE_REGISTRY_PROGRAM_ADDRESS,
    }),
  ];
  await sendAndConfirm(chain, { what: "Set the platform up", instructions, feePayer: admin });
  const mintTo = (to: Address, amount: bigint) =>
    mintTokens(chain, { feePayer: admin, mintAuthority: admin, mint, to, amount });
  await Promise.all([mintTo(payer.address, 10n ** 12n), mintTo(node.address, STAKE)]);
  return {
    chain,
    localnet,
    mint,
    /** Keypair file of the platform's coordinator. */
    coordinatorKeypair: adminPath,
    payer,
    node,
    stake: STAKE,
    config: { rpcUrls: [localnet.rpcUrl], wsUrl: localnet.wsUrl },
    /** Locks tokens for a job as its payer does. */
    async lock(config: JobConfig, amount: bigint): Promise<string> {
      const payerToken = await createTokenAccount(chain, { feePayer: payer, owner: payer.address, mint });
      const create = await getCreateEscrowInstructionAsync({
        payer,
        payerToken,
        node: await findNodeAddress(node.address),
        mint,
        slot: 0,
        nonce: await chainTime(chain),
        jobId: jobIdBytes(config.jobId),
        amount,
        termsHash: termsOf(config, config.jobId),
        checkpoints: specOfJob(config).training.epochs,
        deadline: BigInt(Math.floor(Date.now() / 1000)) + 7n * 86_400n,
        flags: FLAG_AUTO_RELEASE,
      });
      await sendAndConfirm(chain, { what: "Create the escrow", instructions: [create], feePayer: payer });
      return findEscrowAddress(payer.address, 0);
    },
    /** Lets time pass on the chain. */
    async advance(seconds: number): Promise<void> {
      const params = [{ seconds }];
      await fetch(localnet.rpcUrl, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "cyxwiz_advanceTime", params }),
      });
      await localnet.advanceSlots(2);
    },
    readEscrow: async (escrow: string) =>
      (await fetchEscrow(chain.rpc, address(escrow), { commitment: "confirmed" })).data,
    close: () => localnet.close(),
  };
}

export type Platform = Awaited<ReturnType<typeof startPlatform>>;
