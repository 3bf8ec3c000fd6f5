import { randomBytes } from "node:crypto";
import { buildAndSign, type Chain, findTokenAccount, loadKeypairFile, sendAndConfirm } from "@cyxwiz/chain";
import {
  cancellationShares,
  completionShares,
  DEFAULT_PROGRAM_ADDRESSES,
  type Escrow,
  EscrowDecision,
  EscrowOutcome,
  EscrowState,
  fetchEscrow,
  fetchNode,
  findNodeAddress,
  findPlatformAddress,
  findRegistryAddress,
  getAnchorRootInstructionAsync,
  getApprovePaymentInstructionAsync,
  getExecuteDecisionInstructionAsync,
  getOpenDisputeInstruction,
  getResolveDisputeInstructionAsync,
  getSetRegistryAuthoritiesInstructionAsync,
  getSubmitEvidenceInstruction,
  NodeFault,
} from "@cyxwiz/contracts";
import { StatusCode } from "@cyxwiz/protocol";
import { type Address, address, type Instruction, type KeyPairSigner } from "@solana/kit";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { escrowEnd } from "./platform/escrow-end.ts";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { FORGIVING, TestWorld } from "./testing/test-world.ts";

const ANCHOR_EVERY = 2;

let world: TestWorld;
let nodes: TestNode[] = [];
/** Which the last job was given to. */
let node: TestNode;
let engine: TestEngine;
let slot = 0;

beforeAll(async () => {
  world = await TestWorld.start(
    { paymentWaitSeconds: 1, anchorEveryEpochs: ANCHOR_EVERY, jobsPerWalletPerDay: 20 },
    FORGIVING,
  );
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
  nodes = [node];
});

// Whatever happened, the registry counts no job of the node any more.
afterEach(async () => {
  await node.calls.heartbeat({ nodeId: node.nodeId });
  await expect.poll(async () => (await onChain()).runningJobs, { timeout: 10_000 }).toBe(0);
});

afterAll(async () => {
  for (const peer of [engine, ...nodes]) peer?.close();
  await world?.close();
});

async function runningJob(epochs = 3) {
  const quote = await engine.submit(engine.config(epochs));
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: ++slot }));
  node = nodes.find(({ nodeId }) => nodeId === quote.nodeAssignment?.nodeId) as TestNode;
  const job = await node.redeem(authToken);
  await node.start(job);
  return { jobId: quote.jobId, job, amount: quote.estimatedCostCyxwiz, escrow: address(job.escrowAddress) };
}

const at = { commitment: "confirmed" } as const;
const onChain = async () => (await fetchNode(world.chain.rpc, await findNodeAddress(node.wallet.address), at)).data;
const readEscrow = async (escrow: Address): Promise<Escrow> => (await fetchEscrow(world.chain.rpc, escrow, at)).data;

function send(what: string, feePayer: KeyPairSigner, ...instructions: Instruction[]) {
  return sendAndConfirm(world.chain, { what, instructions, feePayer });
}

async function payout(escrow: Address) {
  const { nonce, payerToken, mint } = await readEscrow(escrow);
  const nodeToken = await findTokenAccount({ owner: node.wallet.address, mint });
  return { escrow, nonce, payerToken, nodeToken, treasury: world.platform.treasury };
}

async function settlementOf(jobId: string) {
  return (await engine.jobs.getJobStatus({ jobId })).settlement;
}

test("a node that fails is slashed in the transaction that refunds its payer", async () => {
  const before = await world.balance(engine.wallet.address);
  const { staked } = await onChain();
  const { jobId, escrow } = await runningJob();
  expect((await onChain()).runningJobs).toBe(1);
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_FAILED });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await world.balance(engine.wallet.address)).toBe(before);
  expect(await readEscrow(escrow)).toMatchObject({ state: EscrowState.Settled, reported: 2 });
  expect((await onChain()).staked).toBe(staked - staked / 100n);
  const rows = await world.sql("select purpose from chain_transactions where job_id = $1", [jobId]);
  expect(rows).toEqual([{ purpose: "refund" }]);
});

test("a node that was told to stop is not slashed", async () => {
  const { staked } = await onChain();
  const { jobId } = await runningJob();
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_CANCELLED });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect((await onChain()).staked).toBe(staked);
});

test("a report that is refused holds up neither the refund nor, for long, itself", async () => {
  const { jobId, escrow } = await runningJob();
  const trust = async (escrowProgram: Address) =>
    send(
      "Authorities",
      world.admin,
      await getSetRegistryAuthoritiesInstructionAsync({
        admin: world.admin,
        registry: await findRegistryAddress(),
        insurance: world.platform.insurance,
        coordinator: world.admin.address,
        arbiter: world.admin.address,
        escrowProgram,
        reputationProgram: world.platform.programs.reputationManager,
      }),
    );
  await trust(world.admin.address);
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_FAILED });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await readEscrow(escrow)).toMatchObject({ state: EscrowState.Settled, reported: 1 });
  await trust(world.platform.programs.jobEscrow);
  await expect.poll(async () => (await readEscrow(escrow)).reported, { timeout: 20_000 }).toBe(2);
}, 40_000);

test("a payer who cancels a running job pays for the epochs done, and a fee on the others", async () => {
  const before = await world.balance(engine.wallet.address);
  const nodeBefore = await world.balance(node.wallet.address);
  const { jobId, job, amount } = await runningJob(4);
  const work = node.train(job, 4);
  await node.report(jobId, { ...work, links: work.links.slice(0, 2) });
  const stranger = await TestEngine.create(world);
  await expect(stranger.jobs.cancelJob({ jobId })).rejects.toMatchObject({ code: "NOT_YOURS" });
  stranger.close();
  expect(await engine.jobs.cancelJob({ jobId })).toMatchObject({ refundIssued: true });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  const shares = cancellationShares(amount, { leafCount: 1, checkpoints: 4, cancelFeeBps: 1_000 });
  expect(await world.balance(engine.wallet.address)).toBe(before - shares.node);
  expect(await world.balance(node.wallet.address)).toBe(nodeBefore + shares.node);
  expect(await settlementOf(jobId)).toMatchObject({ paidToNode: shares.node, refunded: shares.payer });
  const beat = await node.calls.heartbeat({ nodeId: node.nodeId, activeJobs: [jobId] });
  expect(beat.jobsToCancel).toEqual([jobId]);
});

test("a node that stalls until its payer gives up is not paid for waiting: the job has failed", async () => {
  const before = await world.balance(engine.wallet.address);
  const { jobId, job, escrow } = await runningJob(4);
  const work = node.train(job, 4);
  await node.report(jobId, { ...work, links: work.links.slice(0, 2) });
  // It says that it lives, and trains no further epoch.
  for (let minutes = 0; minutes < 10; minutes++) {
    world.skewMs += 60_000;
    await node.calls.heartbeat({ nodeId: node.nodeId, activeJobs: [jobId] });
  }
  await engine.jobs.cancelJob({ jobId });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  world.skewMs = 0;
  expect(await world.balance(engine.wallet.address)).toBe(before);
  expect(await readEscrow(escrow)).toMatchObject({ state: EscrowState.Settled, fault: NodeFault.Failed });
}, 40_000);

test("a job that its engine has held may be called off for a fee, however late it is", async () => {
  const nodeBefore = await world.balance(node.wallet.address);
  const { jobId, job, amount } = await runningJob(4);
  const work = node.train(job, 4);
  await node.report(jobId, { ...work, links: work.links.slice(0, 2) });
  for (let beats = 0; beats < 60; beats++) {
    world.skewMs += 10_000;
    await node.calls.heartbeat({ nodeId: node.nodeId, activeJobs: [jobId], pausedJobs: [jobId] });
  }
  await engine.jobs.cancelJob({ jobId });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  world.skewMs = 0;
  const shares = cancellationShares(amount, { leafCount: 1, checkpoints: 4, cancelFeeBps: 1_000 });
  expect(await world.balance(node.wallet.address)).toBe(nodeBefore + shares.node);
}, 40_000);

test("progress stands on chain while a job runs, and the payer's approval pays without the proof", async () => {
  const nodeBefore = await world.balance(node.wallet.address);
  const { jobId, job, escrow, amount } = await runningJob(5);
  const work = node.train(job, 5);
  await node.report(jobId, { ...work, links: work.links.slice(0, 4) });
  await expect.poll(async () => (await readEscrow(escrow)).leafCount, { timeout: 10_000 }).toBe(ANCHOR_EVERY);
  const approve = await getApprovePaymentInstructionAsync({ ...(await payout(escrow)), payer: engine.wallet });
  const signature = await send("Approve", engine.wallet, approve);
  await engine.until(jobId, StatusCode.STATUS_COMPLETED);
  expect(await world.balance(node.wallet.address)).toBe(nodeBefore + (amount * 9n) / 10n);
  expect(await settlementOf(jobId)).toMatchObject({ paidToNode: (amount * 9n) / 10n, paymentTxSignature: signature });
});

test("a root that could not land in time is signed anew", async () => {
  const { jobId, job, escrow } = await runningJob(3);
  const { nonce } = await readEscrow(escrow);
  const coordinator = await loadKeypairFile(world.coordinatorPath);
  const use = { authority: coordinator, escrow, nonce };
  const instructions = [await getAnchorRootInstructionAsync({ ...use, root: evidence(), leafCount: 2 })];
  const stale = await buildAndSign(world.chain, { instructions, feePayer: coordinator });
  // Its blockhash is over at `finalized`: 150 blocks, and 32 more.
  await world.localnet.advanceSlots(200);
  await world.sql(
    `insert into chain_transactions (job_id, purpose, attempt, signature, bytes, last_valid_block_height, status, created_at)
     values ($1, 'anchor_root:2', 1, $2, $3, $4, 'SIGNED', now())`,
    [jobId, stale.signature, Buffer.from(stale.wireTransaction, "base64"), stale.lastValidBlockHeight],
  );
  const work = node.train(job, 3);
  await node.report(jobId, { ...work, links: work.links.slice(0, 3) });
  await expect.poll(async () => (await readEscrow(escrow)).leafCount, { timeout: 10_000 }).toBe(2);
  await node.status.reportJobResult({ nodeId: node.nodeId, jobId, finalStatus: StatusCode.STATUS_CANCELLED });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
});

test("a job that its payer approves before its node has said here that it started ends as paid", async () => {
  const quote = await engine.submit();
  const { authToken } = await engine.confirm(quote.jobId, await engine.pay(quote, { slot: ++slot }));
  const { escrowAddress } = await node.redeem(authToken);
  await node.startOnChain(escrowAddress);
  const accounts = { ...(await payout(address(escrowAddress))), payer: engine.wallet };
  await send("Approve", engine.wallet, await getApprovePaymentInstructionAsync(accounts));
  await engine.until(quote.jobId, StatusCode.STATUS_COMPLETED);
});

const evidence = () => new Uint8Array(randomBytes(32));

/** A dispute that the payer has opened, with both parties' evidence. */
async function disputed() {
  const running = await runningJob();
  const { jobId, job, escrow } = running;
  const work = node.train(job, 3);
  await node.report(jobId, work);
  const { nonce } = await readEscrow(escrow);
  const use = { escrow, nonce };
  const { wallet } = engine;
  await send("Dispute", wallet, getOpenDisputeInstruction({ ...use, party: wallet, evidence: evidence() }));
  const answer = getSubmitEvidenceInstruction({ ...use, party: node.wallet, evidence: evidence() });
  await send("Evidence", node.wallet, answer);
  await engine.until(jobId, StatusCode.STATUS_DISPUTED);
  return { ...running, work };
}

async function decide(escrow: Address, decision: EscrowDecision): Promise<void> {
  const accounts = { ...(await payout(escrow)), arbiter: world.admin };
  await send("Decide", world.admin, await getResolveDisputeInstructionAsync({ ...accounts, decision }));
  expect(await readEscrow(escrow)).toMatchObject({ state: EscrowState.Resolved });
}

test("a job in dispute waits for the arbiter, and ends as decided", async () => {
  const before = await world.balance(engine.wallet.address);
  const { staked } = await onChain();
  const { jobId, escrow, amount, work } = await disputed();
  await expect(node.complete(jobId, work)).rejects.toMatchObject({ code: "JOB_ILLEGAL_MOVE" });
  await decide(escrow, EscrowDecision.ForPayer);
  // The loser may have it over at once.
  const platform = await findPlatformAddress();
  const execute = await getExecuteDecisionInstructionAsync({
    ...(await payout(escrow)),
    platform,
    caller: node.wallet,
  });
  await send("Execute", node.wallet, execute);
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await settlementOf(jobId)).toMatchObject({ refunded: amount, paidToNode: 0n });
  await expect.poll(async () => (await readEscrow(escrow)).reported, { timeout: 10_000 }).toBe(2);
  // Half of the stake is gone, half of that to the payer.
  const slashed = staked / 2n;
  expect((await onChain()).staked).toBe(staked - slashed);
  expect(await world.balance(engine.wallet.address)).toBe(before + slashed / 2n);
}, 30_000);

test("where nobody acts, time does: an undecided dispute goes back, an unchallenged decision is carried out", async () => {
  // The other may have lost its dispute, and is banned then.
  nodes.push(await TestNode.join(world));
  const payerBefore = await world.balance(engine.wallet.address);
  const undecided = await disputed();
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const decided = await disputed();
  await decide(decided.escrow, EscrowDecision.ForNode);
  const nodeBefore = await world.balance(node.wallet.address);
  await world.advanceChain(20 * 86_400);
  // A start looks at everything that is open; otherwise it is done within a minute.
  const replica = await world.startCentral();
  await engine.until(undecided.jobId, StatusCode.STATUS_REFUNDED);
  await engine.until(decided.jobId, StatusCode.STATUS_COMPLETED);
  await replica.close();
  const { node: pay, payer: rest } = completionShares(decided.amount, 1_000);
  expect(await world.balance(node.wallet.address)).toBe(nodeBefore + pay);
  expect(await settlementOf(decided.jobId)).toMatchObject({ paidToNode: pay });
  expect(await settlementOf(undecided.jobId)).toMatchObject({ refunded: undecided.amount });
  expect(await world.balance(engine.wallet.address)).toBe(payerBefore - decided.amount + rest);
}, 30_000);

/** The chain as a node shows it whose transactions had more to log before ours than a log holds. */
function cutShort(): Pick<Chain, "rpc"> {
  const { rpc } = world.chain;
  const withoutLog = (transaction: { meta: object | null } | null) =>
    transaction && { ...transaction, meta: { ...transaction.meta, logMessages: ["Log truncated"] } };
  const getTransaction = (...asked: Parameters<typeof rpc.getTransaction>) => {
    const request = rpc.getTransaction(...asked);
    return { ...request, send: async () => withoutLog(await request.send()) };
  };
  return {
    rpc: new Proxy(rpc, {
      get: (target, name) => (name === "getTransaction" ? getTransaction : Reflect.get(target, name)),
    }),
  };
}

test("how each of these escrows ended is found as well where the log was cut short before it", async () => {
  const uses = await world.sql<{ escrow: string; nonce: string }>(
    `select escrow_address as escrow, escrow_nonce as nonce from jobs
     where status in ('COMPLETED', 'REFUNDED') and escrow_address is not null`,
  );
  const found = new Set<EscrowOutcome>();
  for (const { escrow, nonce } of uses) {
    const use = { escrow: address(escrow), nonce: BigInt(nonce), signature: undefined };
    const end = await escrowEnd(world.chain, DEFAULT_PROGRAM_ADDRESSES, use);
    expect(await escrowEnd(cutShort(), DEFAULT_PROGRAM_ADDRESSES, use)).toEqual(end);
    if (end) found.add(end.outcome);
  }
  const { Refunded, Approved, CancelledRunning, TimedOut, ResolvedForPayer, ResolvedForNode } = EscrowOutcome;
  expect([...found]).toEqual(
    expect.arrayContaining([Refunded, Approved, CancelledRunning, TimedOut, ResolvedForPayer, ResolvedForNode]),
  );
});
