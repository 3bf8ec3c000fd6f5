import { type Address, generateKeyPairSigner } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  AccountState,
  AuthorityType,
  getApproveInstruction,
  getCloseAccountInstruction,
  getInitializeAccount3Instruction,
  getSetAuthorityInstruction,
  getTokenDecoder,
  getTokenEncoder,
  getTokenSize,
  getTransferInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { describe, expect, test } from "vitest";
import { EscrowDecision, JOB_ESCROW_PROGRAM_ADDRESS } from "../generated/job-escrow/index.ts";
import { getRegistryDecoder, getSetRegistryAuthoritiesInstructionAsync } from "../generated/node-registry/index.ts";
import { CYXWIZ, mintTo, type World } from "../testing/world.ts";
import { Job } from "./testing/job.ts";
import { withAmount } from "./testing/till.ts";
import { run } from "./testing/verdict.ts";

function freeze({ chain }: World, token: Address): void {
  chain.overwrite(token, (data) => {
    const decoded = getTokenDecoder().decode(data);
    return new Uint8Array(getTokenEncoder().encode({ ...decoded, state: AccountState.Frozen }));
  });
}

/** Sends away what the payer has, and closes its account. */
async function closePayerToken({ chain, payer, payerToken, mint, admin }: World): Promise<void> {
  const refuge = await chain.tokenAccount(admin.address, mint, admin);
  const amount = chain.tokens(payerToken);
  await chain.mustSend(
    payer,
    getTransferInstruction({ source: payerToken, destination: refuge, authority: payer, amount }),
    getCloseAccountInstruction({ account: payerToken, destination: payer.address, owner: payer }),
  );
}

/** The payer makes its token account somebody else's. */
async function giveAway({ chain, payer, admin }: World, payerToken: Address): Promise<void> {
  const authorityType = AuthorityType.AccountOwner;
  const newAuthority = admin.address;
  await chain.mustSend(
    payer,
    getSetAuthorityInstruction({ owned: payerToken, owner: payer, authorityType, newAuthority }),
  );
}

/** A stranger sends tokens into the vault. */
async function donate({ chain, admin, mint, vault }: World, amount: bigint): Promise<void> {
  await chain.mustSend(admin, mintTo(mint, vault, admin, amount));
}

describe("accounts that cannot receive keep nobody else from their tokens", () => {
  test("the node's being closed keeps the payer from no refund", async () => {
    const job = await Job.at("Running");
    const { chain, node, nodeToken } = job.world;
    await chain.mustSend(
      node,
      getCloseAccountInstruction({ account: nodeToken, destination: node.address, owner: node }),
    );
    expect(await job.rehearse("approvePayment")).toBe("jobEscrow.wrongNodeToken");
    await job.must("refundEscrow");
    expect(job.world.balances().payer).toBe(1_000n * CYXWIZ);
  });

  test("the node's being closed does not stop its own pay for good: anybody can open it again", async () => {
    const job = await Job.at("Proven");
    const { chain, node, nodeToken, mint, admin } = job.world;
    await chain.mustSend(
      node,
      getCloseAccountInstruction({ account: nodeToken, destination: node.address, owner: node }),
    );
    expect(await job.rehearse("completePayment")).toBe("jobEscrow.wrongNodeToken");
    await chain.tokenAccount(node.address, mint, admin);
    await job.must("completePayment");
  });

  test("a frozen node's part of a cancelled job goes to the payer", async () => {
    const job = await Job.at("Running");
    freeze(job.world, job.world.nodeToken);
    await job.must("cancelRunning");
    expect(job.world.balances()).toEqual({ payer: 1_000n * CYXWIZ, node: 0n, treasury: 0n, vault: 0n });
  });

  test("the payer's being frozen keeps the node from no pay; a remainder waits in the payer's own vault", async () => {
    const job = await Job.at("Proven");
    const amount = CYXWIZ + 1n;
    job.world.forge({ amount });
    job.world.chain.overwrite(job.world.vault, (data) => withAmount(data, amount));
    freeze(job.world, job.world.payerToken);
    await job.must("completePayment");
    expect(job.world.balances()).toMatchObject({ node: 900_000_000n, treasury: 100_000_000n, vault: 1n });
  });

  test("a frozen treasury keeps the node from no pay; the fee falls to the payer", async () => {
    const job = await Job.at("Proven");
    freeze(job.world, job.world.treasury);
    await job.must("completePayment");
    expect(job.world.balances()).toEqual({
      payer: 993_700_000_000n,
      node: 6_300_000_000n,
      treasury: 0n,
      vault: 0n,
    });
  });
});

describe("tokens of a payer that cannot receive wait in its own vault, for it alone", () => {
  test("a closed account: the slot's next end or its closing brings them", async () => {
    const job = await Job.at("Created");
    const { chain, payer, payerToken, mint, admin } = job.world;
    await closePayerToken(job.world);
    await job.must("refundEscrow");
    expect(job.world.balances()).toMatchObject({ payer: 0n, vault: 7n * CYXWIZ });
    job.later(1_201n);
    // Not to anybody else's account, and not lost with the slot.
    expect(await job.rehearse("closeSlot")).toBe("jobEscrow.wrongPayerToken");
    expect(await job.rehearse("closeSlot", { payerToken: job.world.nodeToken })).toBe("jobEscrow.wrongPayerToken");
    expect(await chain.tokenAccount(payer.address, mint, admin)).toBe(payerToken);
    await job.must("closeSlot");
    expect(job.world.balances().payer).toBe(7n * CYXWIZ);
  });

  test("an account that it gave away: nothing goes to the new owner", async () => {
    const job = await Job.at("Created");
    await giveAway(job.world, job.world.payerToken);
    await job.must("refundEscrow");
    expect(job.world.balances()).toMatchObject({ payer: 993n * CYXWIZ, vault: 7n * CYXWIZ });
    job.later(1_201n);
    expect(await job.rehearse("closeSlot")).toBe("jobEscrow.wrongPayerToken");
  });

  test("the slot's next job pays them out with its own", async () => {
    const job = await Job.at("Created");
    const { chain, payer, mint, admin, vault, payerToken } = job.world;
    await closePayerToken(job.world);
    await job.must("refundEscrow");
    await chain.tokenAccount(payer.address, mint, admin);
    chain.setTokens(payerToken, 100n * CYXWIZ);
    const next = new Job(job.world, job.nonce + 1n);
    await next.must("createEscrow");
    expect(chain.tokens(vault)).toBe(14n * CYXWIZ);
    await next.must("cancelEscrow");
    expect(job.world.balances()).toMatchObject({ payer: 107n * CYXWIZ, vault: 0n });
  });
});

test("an account that the payer opened for the node gives the payer no hold on the node's pay", async () => {
  const job = await Job.at("Running");
  const { chain, payer, node, mint, nodeToken, admin } = job.world;
  const trap = await generateKeyPairSigner();
  const size = BigInt(getTokenSize());
  const lamports = chain.svm.minimumBalanceForRentExemption(size);
  const owned = trap.address;
  const set = (authorityType: AuthorityType, newAuthority: Address) =>
    getSetAuthorityInstruction({ owned, owner: payer, authorityType, newAuthority });
  await chain.mustSend(
    payer,
    getCreateAccountInstruction({
      payer,
      newAccount: trap,
      lamports,
      space: size,
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeAccount3Instruction({ account: owned, mint, owner: payer.address }),
    // It keeps what an account's owner can keep: who may spend from it, and who may close it.
    getApproveInstruction({ source: owned, delegate: payer.address, owner: payer, amount: 2n ** 64n - 1n }),
    set(AuthorityType.CloseAccount, payer.address),
    set(AuthorityType.AccountOwner, node.address),
  );
  await job.must(["cancelRunning", { nodeToken: owned }]);
  expect(chain.tokens(owned)).toBe(700_000_000n);
  const spend = getTransferInstruction({ source: owned, destination: nodeToken, authority: payer, amount: 1n });
  const close = getCloseAccountInstruction({ account: owned, destination: payer.address, owner: payer });
  for (const attempt of [spend, close]) expect(run(chain, admin.address, attempt)).not.toBe("ok");
  const take = getTransferInstruction({
    source: owned,
    destination: nodeToken,
    authority: node,
    amount: 700_000_000n,
  });
  expect(run(chain, admin.address, take)).toBe("ok");
});

describe("what is left in a vault is the payer's, whatever becomes of the report", () => {
  test("a registry that takes none keeps the slot, but not the tokens", async () => {
    const job = await Job.at("Running");
    const { chain, payer, payerToken, nodeToken, mint, admin, vault } = job.world;
    await closePayerToken(job.world);
    await job.must("refundEscrow");
    // The registry's admin lets another program speak for the escrows.
    const { coordinator, arbiter, insurance, reputationProgram } = getRegistryDecoder().decode(
      chain.data(job.world.registry),
    );
    const named = { admin, coordinator, arbiter, insurance, reputationProgram };
    await chain.mustSend(admin, await getSetRegistryAuthoritiesInstructionAsync({ ...named, escrowProgram: mint }));
    job.later(1_201n);
    expect(await job.rehearse("reportOutcome")).toBe("nodeRegistry.wrongSigner");
    expect(await job.rehearse("closeSlot")).toBe("jobEscrow.outcomeNotReported");

    expect(await job.rehearse("collectLeftover")).toBe("jobEscrow.wrongPayerToken");
    expect(await job.rehearse("collectLeftover", { payerToken: nodeToken })).toBe("jobEscrow.wrongPayerToken");
    expect(await chain.tokenAccount(payer.address, mint, admin)).toBe(payerToken);
    const { events } = await chain.mustSend(payer, await job.build("collectLeftover"));
    expect(events).toMatchObject([{ name: "LeftoverCollected", data: { payer: payer.address, toPayer: 7n * CYXWIZ } }]);
    expect(job.world.balances()).toMatchObject({ payer: 7n * CYXWIZ, vault: 0n });
    expect(await job.rehearse("collectLeftover")).toBe("jobEscrow.amountZero");

    // Nothing else has changed: put right, the registry hears, and the slot is free.
    const escrowProgram = JOB_ESCROW_PROGRAM_ADDRESS;
    await chain.mustSend(admin, await getSetRegistryAuthoritiesInstructionAsync({ ...named, escrowProgram }));
    await job.must("reportOutcome", "closeSlot");
    expect(chain.svm.getAccount(vault).exists).toBe(false);
  });

  test("nobody takes what a live job holds, or a stranger what is left", async () => {
    const job = await Job.at("Running");
    await donate(job.world, 5n);
    expect(await job.rehearse("collectLeftover")).toBe("jobEscrow.illegalState");
    freeze(job.world, job.world.payerToken);
    await job.must("refundEscrow");
    const { node, coordinator, admin } = job.world;
    for (const payer of [node, coordinator, admin]) {
      expect(await job.rehearse("collectLeftover", { payer })).toBe("jobEscrow.wrongSigner");
    }
  });
});

test("half of what a lost dispute costs is the payer's, not the new owner's of an account that it gave away", async () => {
  const job = await Job.at("Disputed");
  const { chain, payerToken, insurance } = job.world;
  await job.must("submitEvidence", ["resolveDispute", { decision: EscrowDecision.ForPayer }]);
  await job.must(["executeDecision", { caller: job.world.node }]);
  await giveAway(job.world, payerToken);
  const [kept, insured] = [chain.tokens(payerToken), chain.tokens(insurance)];
  await job.must("reportFault");
  expect(chain.tokens(payerToken)).toBe(kept);
  // Half of 5,000 is slashed: the payer's half of that and 80 per cent of the rest.
  expect(chain.tokens(insurance) - insured).toBe(2_250n * CYXWIZ);
});

test("a vault that holds too little pays nobody", async () => {
  for (const [state, move] of [
    ["Proven", "completePayment"],
    ["Running", "cancelRunning"],
    ["Running", "refundEscrow"],
    ["Created", "cancelEscrow"],
    ["Running", "approvePayment"],
  ] as const) {
    const job = await Job.at(state);
    job.world.chain.setTokens(job.world.vault, 7n * CYXWIZ - 1n);
    expect(await job.rehearse(move), move).toBe("jobEscrow.vaultShort");
  }
});
