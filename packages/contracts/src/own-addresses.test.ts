import { generateKeyPairSigner } from "@solana/kit";
import { expect, test } from "vitest";
import {
  findEscrowAddress,
  findNodeAddress,
  findPlatformAddress,
  findProgramDataAddress,
  findVaultAddress,
} from "./addresses.ts";
import { readProgramArtifacts } from "./artifacts.ts";
import { DEFAULT_PLATFORM_PARAMETERS, DEFAULT_REGISTRY_PARAMETERS } from "./economy.ts";
import { decodeProgramEvents } from "./events.ts";
import {
  getCreateEscrowInstructionAsync,
  getInitializePlatformInstructionAsync,
  getPlatformDecoder,
} from "./generated/job-escrow/index.ts";
import {
  getInitializeRegistryInstructionAsync,
  getRegisterInstructionAsync,
  getStakeInstructionAsync,
} from "./generated/node-registry/index.ts";
import { Chain } from "./testing/chain.ts";
import { bytes, CYXWIZ, createMint, JOB_ID, mintTo } from "./testing/world.ts";

test("the programs work under an operator's own addresses, and the client derives from them", async () => {
  const programs = {
    jobEscrow: (await generateKeyPairSigner()).address,
    nodeRegistry: (await generateKeyPairSigner()).address,
    reputationManager: (await generateKeyPairSigner()).address,
  };
  const chain = new Chain();
  for (const { address, elf } of await readProgramArtifacts(programs)) chain.svm.addProgram(address, elf);
  chain.nowSeconds = 1_800_000_000n;
  const [admin, node, payer] = [await chain.wallet(), await chain.wallet(), await chain.wallet()];
  const mint = await createMint(chain, admin);
  const [treasury, nodeToken, payerToken] = [
    await chain.tokenAccount(admin.address, mint, admin),
    await chain.tokenAccount(node.address, mint, admin),
    await chain.tokenAccount(payer.address, mint, admin),
  ];
  await chain.mustSend(admin, mintTo(mint, nodeToken, admin, 50n * CYXWIZ), mintTo(mint, payerToken, admin, CYXWIZ));
  const shared = {
    deployer: admin,
    admin,
    mint,
    insurance: treasury,
    coordinator: admin.address,
    arbiter: admin.address,
  };
  await chain.mustSend(
    admin,
    await getInitializeRegistryInstructionAsync(
      {
        ...DEFAULT_REGISTRY_PARAMETERS,
        ...shared,
        program: programs.nodeRegistry,
        programData: await findProgramDataAddress(programs.nodeRegistry),
        escrowProgram: programs.jobEscrow,
        reputationProgram: programs.reputationManager,
      },
      { programAddress: programs.nodeRegistry },
    ),
    await getInitializePlatformInstructionAsync(
      {
        ...DEFAULT_PLATFORM_PARAMETERS,
        ...shared,
        treasury,
        program: programs.jobEscrow,
        programData: await findProgramDataAddress(programs.jobEscrow),
        registryProgram: programs.nodeRegistry,
        reputationProgram: programs.reputationManager,
      },
      { programAddress: programs.jobEscrow },
    ),
  );
  await chain.mustSend(
    node,
    await getRegisterInstructionAsync(
      { payer: node, wallet: node, mint, identity: node.address, fingerprint: bytes(1), capabilitiesHash: bytes(2) },
      { programAddress: programs.nodeRegistry },
    ),
    await getStakeInstructionAsync(
      { wallet: node, walletToken: nodeToken, amount: 50n * CYXWIZ },
      { programAddress: programs.nodeRegistry },
    ),
  );
  const { logs } = await chain.mustSend(
    payer,
    await getCreateEscrowInstructionAsync(
      {
        payer,
        payerToken,
        node: await findNodeAddress(node.address, programs),
        mint,
        slot: 3,
        nonce: chain.nowSeconds,
        jobId: JOB_ID,
        amount: CYXWIZ,
        termsHash: bytes(7),
        deadline: chain.nowSeconds + 100n,
        checkpoints: 5,
        flags: 1,
      },
      { programAddress: programs.jobEscrow },
    ),
  );
  const escrow = await findEscrowAddress(payer.address, 3, programs);
  expect(decodeProgramEvents(logs, programs)).toMatchObject([{ name: "EscrowCreated", data: { escrow } }]);
  expect(chain.tokens(await findVaultAddress(escrow, programs))).toBe(CYXWIZ);
  expect(getPlatformDecoder().decode(chain.data(await findPlatformAddress(programs))).registryProgram).toBe(
    programs.nodeRegistry,
  );
});
