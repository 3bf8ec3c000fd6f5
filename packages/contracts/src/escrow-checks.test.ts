import { type Address, generateKeyPairSigner, type Instruction, type KeyPairSigner } from "@solana/kit";
import {
  AccountState,
  AuthorityType,
  getCloseAccountInstruction,
  getSetAuthorityInstruction,
  getTokenDecoder,
  getTokenEncoder,
  getTransferInstruction,
} from "@solana-program/token";
import { beforeEach, describe, expect, test } from "vitest";
import { findEscrowAddress, findVaultAddress } from "./addresses.ts";
import {
  getSetPausedInstructionAsync,
  JOB_ESCROW_ERROR__ALREADY_EXISTS,
  JOB_ESCROW_ERROR__AMOUNT_ZERO,
  JOB_ESCROW_ERROR__DEADLINE_NOT_PASSED,
  JOB_ESCROW_ERROR__DEADLINE_OUT_OF_RANGE,
  JOB_ESCROW_ERROR__DEADLINE_PASSED,
  JOB_ESCROW_ERROR__FIELD_EMPTY,
  JOB_ESCROW_ERROR__NODE_NOT_ACTIVE,
  JOB_ESCROW_ERROR__NOT_WRITABLE,
  JOB_ESCROW_ERROR__PARAMETER_OUT_OF_RANGE,
  JOB_ESCROW_ERROR__PAUSED,
  JOB_ESCROW_ERROR__PAYER_IS_NODE,
  JOB_ESCROW_ERROR__ROOT_MISMATCH,
  JOB_ESCROW_ERROR__ROOT_NOT_MONOTONIC,
  JOB_ESCROW_ERROR__STAKE_TOO_SMALL,
  JOB_ESCROW_ERROR__UNKNOWN_FLAG,
  JOB_ESCROW_ERROR__VAULT_SHORT,
  JOB_ESCROW_ERROR__WRONG_ESCROW,
  JOB_ESCROW_ERROR__WRONG_MINT,
  JOB_ESCROW_ERROR__WRONG_NODE,
  JOB_ESCROW_ERROR__WRONG_NODE_TOKEN,
  JOB_ESCROW_ERROR__WRONG_NONCE,
  JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN,
  JOB_ESCROW_ERROR__WRONG_PLATFORM,
  JOB_ESCROW_ERROR__WRONG_SIGNER,
  JOB_ESCROW_ERROR__WRONG_TOKEN_PROGRAM,
  JOB_ESCROW_ERROR__WRONG_TREASURY,
  JOB_ESCROW_ERROR__WRONG_VAULT,
} from "./generated/job-escrow/index.ts";
import { bytes, CYXWIZ, createMint, emptyChain, initializePlatform, mintTo, World } from "./testing/world.ts";

let world: World;
beforeEach(async () => {
  world = await World.open();
});

async function code(
  signer: KeyPairSigner,
  instruction: Promise<Instruction> | Instruction,
): Promise<number | undefined> {
  const before = world.balances();
  const { errorCode, failed } = await world.chain.send(signer, await instruction);
  if (failed) expect(world.balances()).toEqual(before);
  return errorCode;
}

/** The same instruction with one account replaced, which the typed client would not let anybody do by accident. */
async function replace(instruction: Promise<Instruction>, from: Address, to: Address): Promise<Instruction> {
  const built = await instruction;
  return {
    ...built,
    accounts: (built.accounts ?? []).map((account) =>
      account.address === from ? { address: to, role: account.role } : account,
    ),
  };
}

function freeze(token: Address): void {
  world.chain.overwrite(token, (data) => {
    const decoded = getTokenDecoder().decode(data);
    return new Uint8Array(getTokenEncoder().encode({ ...decoded, state: AccountState.Frozen }));
  });
}

async function newTokenAccount(owner: Address, mint = world.mint): Promise<Address> {
  return world.chain.tokenAccount(owner, mint, world.admin);
}

describe("create_escrow refuses", () => {
  test("an amount of zero", async () => {
    expect(await code(world.payer, world.create({ amount: 0n }))).toBe(JOB_ESCROW_ERROR__AMOUNT_ZERO);
  });

  test.each([
    [-1n, false],
    [59n, false],
    [60n, true],
    [604_800n, true],
    [604_801n, false],
  ])("deadlines outside 60 s to 7 days (%s s from now)", async (seconds, allowed) => {
    const result = await code(world.payer, world.create({ deadline: world.chain.nowSeconds + seconds }));
    expect(result).toBe(allowed ? undefined : JOB_ESCROW_ERROR__DEADLINE_OUT_OF_RANGE);
  });

  test.each([-(2n ** 63n), 2n ** 63n - 1n])("a deadline of %s", async (deadline) => {
    expect(await code(world.payer, world.create({ deadline }))).toBe(JOB_ESCROW_ERROR__DEADLINE_OUT_OF_RANGE);
  });

  test("unknown flags and an empty job id", async () => {
    expect(await code(world.payer, world.create({ flags: 2 }))).toBe(JOB_ESCROW_ERROR__UNKNOWN_FLAG);
    expect(await code(world.payer, world.create({ jobId: bytes(0, 16) }))).toBe(JOB_ESCROW_ERROR__FIELD_EMPTY);
  });

  test("another mint, and tokens of another mint", async () => {
    const mint = await createMint(world.chain, world.admin);
    expect(await code(world.payer, world.create({ mint }))).toBe(JOB_ESCROW_ERROR__WRONG_MINT);
    const payerToken = await newTokenAccount(world.payer.address, mint);
    await world.chain.mustSend(world.admin, mintTo(mint, payerToken, world.admin, 1_000n * CYXWIZ));
    expect(await code(world.payer, world.create({ payerToken }))).toBe(JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN);
  });

  test("tokens of somebody else, even where the payer may spend them", async () => {
    expect(await code(world.payer, world.create({ payerToken: world.nodeToken }))).toBe(
      JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN,
    );
  });

  test("a payer that did not sign", async () => {
    const instruction = await world.create();
    const accounts = (instruction.accounts ?? []).map((account) =>
      account.address === world.payer.address ? { address: account.address, role: 1 } : account,
    );
    expect(await code(world.admin, { ...instruction, accounts })).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
  });

  test("accounts that are no node: the platform, a wallet, a node-shaped account of another program", async () => {
    for (const node of [world.platform, world.node.address, world.payerToken]) {
      expect(await code(world.payer, world.create({ node }))).toBe(JOB_ESCROW_ERROR__WRONG_NODE);
    }
    const forged = await generateKeyPairSigner();
    const real = world.chain.svm.getAccount(world.nodeAccount);
    if (real.exists)
      world.chain.svm.setAccount({ ...real, address: forged.address, programAddress: world.admin.address });
    expect(await code(world.payer, world.create({ node: forged.address }))).toBe(JOB_ESCROW_ERROR__WRONG_NODE);
  });

  test.each([2, 3, 4, 77])("a node of status %s", async (status) => {
    world.chain.overwrite(world.nodeAccount, (data) => data.with(4, status));
    expect(await code(world.payer, world.create())).toBe(JOB_ESCROW_ERROR__NODE_NOT_ACTIVE);
  });

  test.each([
    [10n * CYXWIZ - 1n, 50n],
    [10n * CYXWIZ, 200n],
    [50n * CYXWIZ, 1_000n],
    [200n * CYXWIZ, 5_000n],
  ])("a node with too little stake for %s", async (amount, minimum) => {
    const setStake = (staked: bigint) =>
      world.chain.overwrite(world.nodeAccount, (data) => {
        new DataView(data.buffer).setBigUint64(8, staked, true);
        return data;
      });
    setStake(minimum * CYXWIZ - 1n);
    expect(await code(world.payer, world.create({ amount }))).toBe(JOB_ESCROW_ERROR__STAKE_TOO_SMALL);
    setStake(minimum * CYXWIZ);
    expect(await code(world.payer, world.create({ amount }))).toBeUndefined();
  });

  test("a payer that is the node", async () => {
    await world.chain.mustSend(world.admin, mintTo(world.mint, world.nodeToken, world.admin, 10n * CYXWIZ));
    const instruction = world.create({ payer: world.node, payerToken: world.nodeToken });
    expect(await code(world.node, instruction)).toBe(JOB_ESCROW_ERROR__PAYER_IS_NODE);
  });

  test("another escrow address, another vault, and another's used slot", async () => {
    const other = await findEscrowAddress(world.payer.address, 1);
    expect(await code(world.payer, world.create({ escrow: other, vault: await findVaultAddress(other) }))).toBe(
      JOB_ESCROW_ERROR__WRONG_ESCROW,
    );
    expect(await code(world.payer, world.create({ vault: await findVaultAddress(other) }))).toBe(
      JOB_ESCROW_ERROR__WRONG_VAULT,
    );
    await world.reach("settled");
    expect(await code(world.payer, world.create({ nonce: 2n, vault: world.payerToken }))).toBe(
      JOB_ESCROW_ERROR__WRONG_VAULT,
    );
    const thief = await world.chain.wallet();
    const thiefToken = await newTokenAccount(thief.address);
    await world.chain.mustSend(world.admin, mintTo(world.mint, thiefToken, world.admin, 10n * CYXWIZ));
    const stolen = { payer: thief, payerToken: thiefToken, nonce: 2n, escrow: world.escrow, vault: world.vault };
    expect(await code(thief, world.create(stolen))).toBe(JOB_ESCROW_ERROR__WRONG_ESCROW);
  });

  test("the same request twice, before and after the slot is free again", async () => {
    await world.reach("created");
    await world.chain.mustSend(world.payer, await world.cancel());
    expect(await code(world.payer, world.create())).toBe(JOB_ESCROW_ERROR__WRONG_NONCE);
    expect(await code(world.payer, world.create({ nonce: 3n }))).toBe(JOB_ESCROW_ERROR__WRONG_NONCE);
    expect(await code(world.payer, world.create({ nonce: 2n }))).toBeUndefined();
  });

  test("another token program, and a platform that is none", async () => {
    const token2022 = "TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb" as Address;
    expect(await code(world.payer, world.create({ tokenProgram: token2022 }))).toBe(
      JOB_ESCROW_ERROR__WRONG_TOKEN_PROGRAM,
    );
    expect(await code(world.payer, world.create({ platform: world.nodeAccount }))).toBe(
      JOB_ESCROW_ERROR__WRONG_PLATFORM,
    );
  });

  test("more tokens than the payer has; nothing is made then", async () => {
    const { failed } = await world.chain.send(world.payer, await world.create({ amount: 1_001n * CYXWIZ }));
    expect(failed).toBe(true);
    expect(world.chain.svm.getAccount(world.escrow).exists).toBe(false);
  });
});

describe("the pause", () => {
  const setPaused = (paused: number, admin = world.admin) => getSetPausedInstructionAsync({ admin, paused });

  test("stops new escrows and no way out", async () => {
    await world.reach("proven");
    const { events } = await world.chain.mustSend(world.admin, await setPaused(1));
    expect(events).toMatchObject([{ name: "PauseChanged", data: { paused: 1 } }]);
    await world.chain.mustSend(world.coordinator, await world.complete());
    expect(await code(world.payer, world.create({ nonce: 2n }))).toBe(JOB_ESCROW_ERROR__PAUSED);
    await world.chain.mustSend(world.admin, await setPaused(0));
    for (const [nonce, end] of [
      [2n, () => world.cancel({ nonce: 2n })],
      [3n, () => world.refund({ nonce: 3n })],
      [4n, () => world.timeout({ nonce: 4n })],
    ] as const) {
      await world.chain.mustSend(world.admin, await setPaused(0));
      await world.chain.mustSend(world.payer, await world.create({ nonce }));
      await world.chain.mustSend(world.admin, await setPaused(1));
      world.chain.nowSeconds += 3_600n;
      await world.chain.mustSend(nonce === 2n ? world.payer : world.coordinator, await end());
    }
    expect(world.balances().vault).toBe(0n);
  });

  test("belongs to the admin alone", async () => {
    for (const stranger of [world.coordinator, world.payer, world.node]) {
      expect(await code(stranger, setPaused(1, stranger))).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
    }
    expect(await code(world.admin, setPaused(2))).toBe(JOB_ESCROW_ERROR__PARAMETER_OUT_OF_RANGE);
  });
});

describe("start_escrow refuses", () => {
  test("anybody but the node, another nonce, and a start after the deadline", async () => {
    await world.reach("created");
    for (const stranger of [world.payer, world.coordinator, world.admin]) {
      expect(await code(stranger, world.start({ node: stranger }))).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
    }
    expect(await code(world.node, world.start({ nonce: 2n }))).toBe(JOB_ESCROW_ERROR__WRONG_NONCE);
    world.chain.nowSeconds += 3_599n;
    const start = await world.start();
    world.chain.nowSeconds += 1n;
    expect(await code(world.node, start)).toBe(JOB_ESCROW_ERROR__DEADLINE_PASSED);
    world.chain.nowSeconds -= 1n;
    expect(await code(world.node, start)).toBeUndefined();
  });

  test("an account that is no escrow, or not writable", async () => {
    await world.reach("created");
    for (const escrow of [world.platform, world.nodeAccount, world.vault]) {
      expect(await code(world.node, world.start({ escrow }))).toBe(JOB_ESCROW_ERROR__WRONG_ESCROW);
    }
    const instruction = await world.start();
    const accounts = (instruction.accounts ?? []).map((account) =>
      account.address === world.escrow ? { address: account.address, role: 0 } : account,
    );
    expect(await code(world.node, { ...instruction, accounts })).toBe(JOB_ESCROW_ERROR__NOT_WRITABLE);
  });

  test("a copy of an escrow at another address", async () => {
    await world.reach("created");
    const copy = await generateKeyPairSigner();
    const real = world.chain.svm.getAccount(world.escrow);
    if (real.exists) world.chain.svm.setAccount({ ...real, address: copy.address });
    expect(await code(world.node, world.start({ escrow: copy.address }))).toBe(JOB_ESCROW_ERROR__WRONG_ESCROW);
  });
});

describe("anchor_root refuses", () => {
  beforeEach(() => world.reach("running"));

  test("strangers, the payer among them", async () => {
    for (const authority of [world.payer, world.admin]) {
      expect(await code(authority, world.anchor({ authority }))).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
    }
  });

  test("roots that do not grow", async () => {
    const checkpoint = (leafCount: number) => world.anchor({ isFinal: 0, leafCount, root: bytes(leafCount + 1) });
    await world.chain.mustSend(world.coordinator, await checkpoint(3));
    for (const leafCount of [0, 2, 3]) {
      expect(await code(world.coordinator, checkpoint(leafCount))).toBe(JOB_ESCROW_ERROR__ROOT_NOT_MONOTONIC);
      expect(await code(world.coordinator, world.anchor({ leafCount }))).toBe(JOB_ESCROW_ERROR__ROOT_NOT_MONOTONIC);
    }
    expect(await code(world.coordinator, world.anchor({ leafCount: 4 }))).toBeUndefined();
  });

  test("empty roots, a final root without result, a result that is not final, another nonce, another flag", async () => {
    expect(await code(world.coordinator, world.anchor({ root: bytes(0) }))).toBe(JOB_ESCROW_ERROR__FIELD_EMPTY);
    expect(await code(world.coordinator, world.anchor({ resultHash: bytes(0) }))).toBe(JOB_ESCROW_ERROR__FIELD_EMPTY);
    expect(await code(world.coordinator, world.anchor({ isFinal: 0, resultHash: bytes(9) }))).toBe(
      JOB_ESCROW_ERROR__FIELD_EMPTY,
    );
    expect(await code(world.coordinator, world.anchor({ nonce: 0n }))).toBe(JOB_ESCROW_ERROR__WRONG_NONCE);
    expect(await code(world.coordinator, world.anchor({ isFinal: 2 }))).toBe(JOB_ESCROW_ERROR__PARAMETER_OUT_OF_RANGE);
  });
});

describe("complete_payment refuses", () => {
  beforeEach(() => world.reach("proven"));

  test("anybody but coordinator and payer, the node included", async () => {
    for (const authority of [world.node, world.admin]) {
      expect(await code(authority, world.complete({ authority }))).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
    }
  });

  test("a root that is not the one on chain", async () => {
    expect(await code(world.coordinator, world.complete({ root: bytes(6) }))).toBe(JOB_ESCROW_ERROR__ROOT_MISMATCH);
  });

  test("token accounts of anybody else in every place", async () => {
    const coordinatorToken = await newTokenAccount(world.coordinator.address);
    for (const nodeToken of [coordinatorToken, world.payerToken, world.treasury, world.vault, world.mint]) {
      expect(await code(world.coordinator, world.complete({ nodeToken }))).toBe(JOB_ESCROW_ERROR__WRONG_NODE_TOKEN);
    }
    for (const treasury of [coordinatorToken, world.nodeToken, world.insurance]) {
      expect(await code(world.coordinator, world.complete({ treasury }))).toBe(JOB_ESCROW_ERROR__WRONG_TREASURY);
    }
    for (const payerToken of [coordinatorToken, world.nodeToken]) {
      expect(await code(world.coordinator, world.complete({ payerToken }))).toBe(JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN);
    }
  });

  test("another vault: of another slot, or one whose authority is the escrow", async () => {
    const decoy = await newTokenAccount(world.escrow);
    await world.chain.mustSend(world.admin, mintTo(world.mint, decoy, world.admin, 100n * CYXWIZ));
    const other = await findVaultAddress(await findEscrowAddress(world.payer.address, 1));
    for (const vault of [decoy, other, world.payerToken]) {
      expect(await code(world.coordinator, world.complete({ vault }))).toBe(JOB_ESCROW_ERROR__WRONG_VAULT);
      expect(await code(world.coordinator, world.refund({ vault }))).toBe(JOB_ESCROW_ERROR__WRONG_VAULT);
    }
  });

  test("a vault that holds too little", async () => {
    world.chain.setTokens(world.vault, 7n * CYXWIZ - 1n);
    expect(await code(world.coordinator, world.complete())).toBe(JOB_ESCROW_ERROR__VAULT_SHORT);
    expect(await code(world.coordinator, world.refund())).toBe(JOB_ESCROW_ERROR__VAULT_SHORT);
  });

  test("an escrow account used as platform, and a token program that is none", async () => {
    expect(await code(world.coordinator, replace(world.complete(), world.platform, world.escrow))).toBe(
      JOB_ESCROW_ERROR__WRONG_PLATFORM,
    );
    expect(await code(world.coordinator, world.complete({ tokenProgram: world.admin.address }))).toBe(
      JOB_ESCROW_ERROR__WRONG_TOKEN_PROGRAM,
    );
  });

  test("an instruction for an earlier job of the slot", async () => {
    const late = [await world.complete(), await world.refund(), await world.timeout(), await world.cancel()];
    await world.chain.mustSend(world.coordinator, await world.complete());
    await world.chain.mustSend(world.payer, await world.create({ nonce: 2n }));
    world.chain.nowSeconds += 7n * 86_400n;
    for (const [index, instruction] of late.entries()) {
      const signer = [world.coordinator, world.coordinator, world.admin, world.payer][index]!;
      expect(await code(signer, instruction)).toBe(JOB_ESCROW_ERROR__WRONG_NONCE);
    }
  });
});

describe("refunds refuse", () => {
  test("anybody but the coordinator to refund, and anybody but the payer to cancel", async () => {
    await world.reach("created");
    for (const coordinator of [world.node, world.admin, world.payer]) {
      expect(await code(coordinator, world.refund({ coordinator }))).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
    }
    for (const payer of [world.node, world.admin, world.coordinator]) {
      expect(await code(payer, world.cancel({ payer }))).toBe(JOB_ESCROW_ERROR__WRONG_SIGNER);
    }
  });

  test("any account but the one that paid, unless the payer signs", async () => {
    await world.reach("created");
    const second = await generateKeyPairSigner();
    const decoy = world.chain.svm.getAccount(world.payerToken);
    if (decoy.exists) world.chain.svm.setAccount({ ...decoy, address: second.address });
    world.chain.nowSeconds += 3_600n;
    expect(await code(world.coordinator, world.refund({ payerToken: second.address }))).toBe(
      JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN,
    );
    expect(await code(world.admin, world.timeout({ payerToken: second.address }))).toBe(
      JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN,
    );
    expect(await code(world.payer, world.cancel({ payerToken: world.nodeToken }))).toBe(
      JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN,
    );
    expect(await code(world.payer, world.timeout({ caller: world.payer, payerToken: second.address }))).toBeUndefined();
  });

  test("a timeout before the deadline; with a proof on chain, before the challenge window is over as well", async () => {
    await world.reach("running");
    const timeout = await world.timeout();
    world.chain.nowSeconds += 3_599n;
    expect(await code(world.admin, timeout)).toBe(JOB_ESCROW_ERROR__DEADLINE_NOT_PASSED);
    await world.chain.mustSend(world.coordinator, await world.anchor());
    world.chain.nowSeconds += 1n + 86_399n;
    expect(await code(world.admin, timeout)).toBe(JOB_ESCROW_ERROR__DEADLINE_NOT_PASSED);
    world.chain.nowSeconds += 1n;
    expect(await code(world.admin, timeout)).toBeUndefined();
  });
});

describe("accounts that cannot receive keep nobody else from their tokens", () => {
  test("the node's being closed or frozen does not keep the payer from a refund", async () => {
    await world.reach("running");
    await world.chain.mustSend(
      world.node,
      getCloseAccountInstruction({ account: world.nodeToken, destination: world.node.address, owner: world.node }),
    );
    expect(await code(world.coordinator, world.complete())).toBeDefined();
    await world.chain.mustSend(world.coordinator, await world.refund());
    expect(world.balances().payer).toBe(1_000n * CYXWIZ);
  });

  test("the payer's being closed or frozen does not keep the node from its pay", async () => {
    await world.chain.mustSend(world.payer, await world.create({ amount: CYXWIZ + 1n }));
    await world.chain.mustSend(world.node, await world.start());
    await world.chain.mustSend(world.coordinator, await world.anchor());
    freeze(world.payerToken);
    await world.chain.mustSend(world.coordinator, await world.complete());
    // The unit that belongs to the payer waits in the payer's own vault for the next settlement.
    expect(world.balances()).toMatchObject({ node: 900_000_000n, treasury: 100_000_000n, vault: 1n });
  });

  test("a payer that closed its account gets everything back into another one", async () => {
    await world.reach("created");
    const refuge = await world.chain.wallet();
    const refugeToken = await newTokenAccount(refuge.address);
    await world.chain.mustSend(
      world.payer,
      getTransferInstruction({
        source: world.payerToken,
        destination: refugeToken,
        authority: world.payer,
        amount: 993n * CYXWIZ,
      }),
      getCloseAccountInstruction({ account: world.payerToken, destination: world.payer.address, owner: world.payer }),
    );
    expect(await code(world.coordinator, world.refund())).toBe(JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN);
    await newTokenAccount(world.payer.address);
    await world.chain.mustSend(world.coordinator, await world.refund());
    expect(world.balances().payer).toBe(7n * CYXWIZ);
  });

  test("a payer that gave its account away does not lose its tokens to the new owner", async () => {
    await world.reach("created");
    await world.chain.mustSend(
      world.payer,
      getSetAuthorityInstruction({
        owned: world.payerToken,
        owner: world.payer,
        authorityType: AuthorityType.AccountOwner,
        newAuthority: world.admin.address,
      }),
    );
    expect(await code(world.coordinator, world.refund())).toBe(JOB_ESCROW_ERROR__WRONG_PAYER_TOKEN);
  });

  test("a frozen treasury does not keep the node from its pay: the fee falls to the payer", async () => {
    await world.reach("proven");
    freeze(world.treasury);
    await world.chain.mustSend(world.coordinator, await world.complete());
    expect(world.balances()).toEqual({
      payer: 993_700_000_000n,
      node: 6_300_000_000n,
      treasury: 0n,
      vault: 0n,
    });
  });
});

describe("initialize_platform refuses", () => {
  test("a second time, bad parameters, and a mint with a freeze authority", async () => {
    const { admin, coordinator, mint, treasury, insurance } = world;
    const input = { admin, coordinator, mint, treasury, insurance };
    expect(await code(admin, initializePlatform(input))).toBe(JOB_ESCROW_ERROR__ALREADY_EXISTS);

    const chain = await emptyChain();
    const [owner, other] = [await chain.wallet(), await chain.wallet()];
    const freezable = await createMint(chain, owner, owner.address);
    const fresh = await createMint(chain, owner);
    const token = await chain.tokenAccount(owner.address, fresh, owner);
    const freezableToken = await chain.tokenAccount(owner.address, freezable, owner);
    const good = { admin: owner, coordinator: other, mint: fresh, treasury: token, insurance: token };
    const send = async (...given: Parameters<typeof initializePlatform>) =>
      (await chain.send(owner, await initializePlatform(...given))).errorCode;
    const bad = { ...good, mint: freezable, treasury: freezableToken, insurance: freezableToken };
    expect(await send(bad)).toBe(JOB_ESCROW_ERROR__WRONG_MINT);
    expect(await send({ ...good, treasury: freezableToken })).toBe(JOB_ESCROW_ERROR__WRONG_TREASURY);
    for (const parameters of [
      { feeBps: 10_001 },
      { feeBps: 700 },
      { cancelFeeBps: 10_001 },
      { timeoutSeconds: 59n },
      { minimumTimeoutSeconds: 0n },
      { challengeWindowSeconds: -1n },
      { timeoutSeconds: 2n ** 62n },
      { stakeBounds: [3n, 2n, 4n] },
    ]) {
      expect(await send(good, parameters)).toBe(JOB_ESCROW_ERROR__PARAMETER_OUT_OF_RANGE);
    }
    expect(await send(good)).toBeUndefined();
  });
});
