import type { Address, Instruction, KeyPairSigner } from "@solana/kit";
import { beforeEach, describe, expect, test } from "vitest";
import { findNodeAddress, findStakeVaultAddress } from "./addresses.ts";
import {
  getNodeDecoder,
  getRegistryDecoder,
  getUpdateNodeInstructionAsync,
  NODE_REGISTRY_ERROR__ALREADY_EXISTS,
  NODE_REGISTRY_ERROR__AMOUNT_ZERO,
  NODE_REGISTRY_ERROR__FIELD_EMPTY,
  NODE_REGISTRY_ERROR__ILLEGAL_STATUS,
  NODE_REGISTRY_ERROR__OVERFLOW,
  NODE_REGISTRY_ERROR__PARAMETER_OUT_OF_RANGE,
  NODE_REGISTRY_ERROR__PAUSED,
  NODE_REGISTRY_ERROR__WRONG_MINT,
  NODE_REGISTRY_ERROR__WRONG_NODE,
  NODE_REGISTRY_ERROR__WRONG_REGISTRY,
  NODE_REGISTRY_ERROR__WRONG_SIGNER,
  NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT,
  NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
  NodeStatus,
} from "./generated/node-registry/index.ts";
import { findRegistryAddress } from "./index.ts";
import {
  bytes,
  CYXWIZ,
  createMint,
  emptyChain,
  initializeRegistry,
  mintTo,
  register,
  stake,
  World,
} from "./testing/world.ts";

const DAY_SECONDS = 86_400n;
const NOBODY = "11111111111111111111111111111111" as Address;
const NATIVE_MINT = "So11111111111111111111111111111111111111112" as Address;
let world: World;
beforeEach(async () => {
  world = await World.open();
});

async function code(signer: KeyPairSigner, instruction: Promise<Instruction>): Promise<number | undefined> {
  return (await world.chain.send(signer, await instruction)).errorCode;
}

const readNode = () => getNodeDecoder().decode(world.chain.data(world.nodeAccount));

describe("register and stake", () => {
  test("write down the node and move the stake into its own vault", async () => {
    const node = await world.chain.wallet();
    const nodeToken = await world.chain.tokenAccount(node.address, world.mint, world.admin);
    await world.chain.mustSend(world.admin, mintTo(world.mint, nodeToken, world.admin, 60n * CYXWIZ));
    const account = await findNodeAddress(node.address);
    const registered = await world.chain.mustSend(node, await register({ node, mint: world.mint }));
    expect(getNodeDecoder().decode(world.chain.data(account))).toMatchObject({
      version: 1,
      status: NodeStatus.Active,
      tier: 0,
      staked: 0n,
      registeredAt: world.chain.nowSeconds,
      lockUntil: world.chain.nowSeconds + 30n * DAY_SECONDS,
      wallet: node.address,
      identity: node.address,
      fingerprint: bytes(1),
      capabilitiesHash: bytes(2),
    });
    expect(registered.events).toMatchObject([
      { name: "NodeRegistered", data: { node: account, wallet: node.address } },
    ]);

    await world.chain.mustSend(node, await stake({ node, nodeToken, amount: 50n * CYXWIZ }));
    const staked = await world.chain.mustSend(node, await stake({ node, nodeToken, amount: 10n * CYXWIZ }));
    expect(staked.events).toMatchObject([
      { name: "NodeStaked", program: "nodeRegistry", data: { amount: 10n * CYXWIZ, staked: 60n * CYXWIZ } },
    ]);
    expect(getNodeDecoder().decode(world.chain.data(account)).staked).toBe(60n * CYXWIZ);
    expect(world.chain.tokens(await findStakeVaultAddress(account))).toBe(60n * CYXWIZ);
    expect(world.chain.tokens(nodeToken)).toBe(0n);
  });

  test("one node per wallet, at the wallet's own address, with the registry's mint", async () => {
    const { node, mint } = world;
    expect(await code(node, register({ node, mint }))).toBe(NODE_REGISTRY_ERROR__ALREADY_EXISTS);
    const second = await world.chain.wallet();
    const taken = { node: world.nodeAccount };
    expect(await code(second, register({ node: second, mint }, taken))).toBe(NODE_REGISTRY_ERROR__WRONG_NODE);
    const vault = { stakeVault: await findStakeVaultAddress(world.nodeAccount) };
    expect(await code(second, register({ node: second, mint }, vault))).toBe(NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT);
    const other = await createMint(world.chain, world.admin);
    expect(await code(second, register({ node: second, mint: other }))).toBe(NODE_REGISTRY_ERROR__WRONG_MINT);
    const wrongRegistry = { registry: world.platform };
    expect(await code(second, register({ node: second, mint }, wrongRegistry))).toBe(
      NODE_REGISTRY_ERROR__WRONG_REGISTRY,
    );
    for (const empty of [{ fingerprint: bytes(0) }, { identity: "11111111111111111111111111111111" as never }]) {
      expect(await code(second, register({ node: second, mint }, empty))).toBe(NODE_REGISTRY_ERROR__FIELD_EMPTY);
    }
  });

  test("a paused registry takes no new nodes but still takes stake", async () => {
    world.chain.overwrite(await findRegistryAddress(), (data) => data.with(3, 1));
    const node = await world.chain.wallet();
    expect(await code(node, register({ node, mint: world.mint }))).toBe(NODE_REGISTRY_ERROR__PAUSED);
    await world.chain.mustSend(world.admin, mintTo(world.mint, world.nodeToken, world.admin, 1n));
    expect(await code(world.node, stake({ node: world.node, nodeToken: world.nodeToken, amount: 1n }))).toBeUndefined();
  });

  test("stake refuses zero, others' tokens, another's node, another vault, an overflow", async () => {
    const { node, nodeToken } = world;
    const amount = 1n;
    expect(await code(node, stake({ node, nodeToken, amount: 0n }))).toBe(NODE_REGISTRY_ERROR__AMOUNT_ZERO);
    expect(await code(node, stake({ node, nodeToken: world.payerToken, amount }))).toBe(
      NODE_REGISTRY_ERROR__WRONG_TOKEN_ACCOUNT,
    );
    const stranger = stake({ node: world.payer, nodeToken: world.payerToken, amount }, { node: world.nodeAccount });
    expect(await code(world.payer, stranger)).toBe(NODE_REGISTRY_ERROR__WRONG_NODE);
    expect(await code(node, stake({ node, nodeToken, amount }, { stakeVault: world.treasury }))).toBe(
      NODE_REGISTRY_ERROR__WRONG_STAKE_VAULT,
    );
    expect(await code(node, stake({ node, nodeToken, amount: 2n ** 64n - 1n }))).toBe(NODE_REGISTRY_ERROR__OVERFLOW);
  });

  test.each([NodeStatus.Banned, 99])("a node of status %s is at its end", async (status) => {
    world.chain.overwrite(world.nodeAccount, (data) => data.with(4, status));
    const { node, nodeToken } = world;
    expect(await code(node, stake({ node, nodeToken, amount: 1n }))).toBe(NODE_REGISTRY_ERROR__ILLEGAL_STATUS);
    expect(await code(node, update(node))).toBe(NODE_REGISTRY_ERROR__ILLEGAL_STATUS);
  });
});

function update(wallet: KeyPairSigner, overrides = {}): Promise<Instruction> {
  return getUpdateNodeInstructionAsync({
    wallet,
    identity: wallet.address,
    fingerprint: bytes(11),
    capabilitiesHash: bytes(12),
    ...overrides,
  });
}

describe("update_node", () => {
  test("changes what the node says about itself, and nothing else", async () => {
    const before = readNode();
    world.chain.nowSeconds += 60n;
    const { events } = await world.chain.mustSend(world.node, await update(world.node));
    expect(readNode()).toEqual({
      ...before,
      fingerprint: bytes(11),
      capabilitiesHash: bytes(12),
      updatedAt: before.updatedAt + 60n,
    });
    expect(events).toMatchObject([{ name: "NodeUpdated", data: { node: world.nodeAccount, fingerprint: bytes(11) } }]);
  });

  test("belongs to the node's wallet", async () => {
    expect(await code(world.payer, update(world.payer, { node: world.nodeAccount }))).toBe(
      NODE_REGISTRY_ERROR__WRONG_NODE,
    );
    const instruction = await update(world.node);
    const accounts = (instruction.accounts ?? []).map((account) =>
      account.address === world.node.address ? { address: account.address, role: 0 } : account,
    );
    const { errorCode } = await world.chain.send(world.payer, { ...instruction, accounts } as Instruction);
    expect(errorCode).toBe(NODE_REGISTRY_ERROR__WRONG_SIGNER);
  });
});

describe("initialize_registry", () => {
  test("writes the parameters once and refuses those that make no sense", async () => {
    const chain = await emptyChain();
    const [admin, coordinator] = [await chain.wallet(), await chain.wallet()];
    const mint = await createMint(chain, admin);
    const insurance = await chain.tokenAccount(admin.address, mint, admin);
    const input = { admin, coordinator, mint, insurance };
    const send = async (overrides = {}) =>
      (await chain.send(admin, await initializeRegistry(input, overrides))).errorCode;
    for (const parameters of [{ insuranceBps: 10_001 }, { lockSeconds: -1n }, { withdrawalSeconds: 2n ** 60n }]) {
      expect(await send(parameters)).toBe(NODE_REGISTRY_ERROR__PARAMETER_OUT_OF_RANGE);
    }
    // An escrow program of only zeros would be the system program, whose accounts' keys can sign.
    for (const name of ["coordinator", "arbiter", "escrowProgram", "reputationProgram"]) {
      expect(await send({ [name]: NOBODY })).toBe(NODE_REGISTRY_ERROR__FIELD_EMPTY);
    }
    expect(await send()).toBeUndefined();
    expect(await send()).toBe(NODE_REGISTRY_ERROR__ALREADY_EXISTS);
    expect(getRegistryDecoder().decode(chain.data(await findRegistryAddress()))).toMatchObject({
      paused: 0,
      admin: admin.address,
      coordinator: coordinator.address,
      mint,
      insurance,
      lockSeconds: 30n * DAY_SECONDS,
      slashDisputeBps: 5_000,
    });
  });

  test("refuses wrapped SOL, which cannot be burned: no slash would ever pass", async () => {
    const chain = await emptyChain();
    const [admin, coordinator] = [await chain.wallet(), await chain.wallet()];
    const account = chain.svm.getAccount(await createMint(chain, admin));
    if (!account.exists) throw new Error("There is no mint.");
    // Without a mint authority, as on a cluster.
    chain.svm.setAccount({ ...account, address: NATIVE_MINT, data: new Uint8Array(account.data).fill(0, 0, 36) });
    const insurance = await chain.tokenAccount(admin.address, NATIVE_MINT, admin);
    const { errorCode } = await chain.send(
      admin,
      await initializeRegistry({ admin, coordinator, mint: NATIVE_MINT, insurance }),
    );
    expect(errorCode).toBe(NODE_REGISTRY_ERROR__WRONG_MINT);
  });
});
