import { randomBytes } from "node:crypto";
import { type Client, createClient } from "@connectrpc/connect";
import { sendAndConfirm, signBytes } from "@cyxwiz/chain";
import { EscrowOutcome, EscrowState, fetchEscrow, getOpenDisputeInstruction } from "@cyxwiz/contracts";
import { type Challenge, challengerMove, hashFromHex, nodeMove } from "@cyxwiz/proof";
import {
  createTlsTransport,
  type Dispute,
  DisputeParty,
  DisputeService,
  DisputeStage,
  StatusCode,
  startTlsServer,
  type TlsTransport,
} from "@cyxwiz/protocol";
import { bisectionOf } from "@cyxwiz/verify";
import { address } from "@solana/kit";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Central } from "../start-central.ts";
import { TestEngine } from "../testing/test-engine.ts";
import { TestNode } from "../testing/test-node.ts";
import { TestWorld } from "../testing/test-world.ts";

const EPOCHS = 3;
const ANCHOR_EVERY = 2;
const DAY_SECONDS = 86_400;
const MOVE_MS = 60_000;
const POLL = { timeout: 15_000 };

let world: TestWorld;
let node: TestNode;
let engine: TestEngine;
const transports: TlsTransport[] = [];
let slot = 0;

/** Calls in the name of whom the token names. */
function callsOf(token: () => Promise<string> | string | undefined, central: Central = world.central) {
  const { url: baseUrl, certificate } = central;
  const where = { peer: "Central", baseUrl, certificatePem: certificate.certificatePem, maxMessageBytes: 1 << 20 };
  const transport = createTlsTransport({ ...where, bearerToken: token });
  transports.push(transport);
  return createClient(DisputeService, transport.transport);
}
let payerCalls: Client<typeof DisputeService>;
let nodeCalls: Client<typeof DisputeService>;

const OPTIONS = {
  ...{ paymentWaitSeconds: 0, disputeMoveSeconds: MOVE_MS / 1_000, jobsPerWalletPerDay: 20 },
  ...{ anchorEveryEpochs: ANCHOR_EVERY, relayAnswerSeconds: 1, heartbeatSeconds: 1 },
};

beforeAll(async () => {
  world = await TestWorld.start(OPTIONS, {
    platformParameters: { evidenceWindowSeconds: 1n, appealWindowSeconds: 1n },
  });
  await world.central.close();
  world.central = await world.startCentral({ ...OPTIONS, arbiterKeypair: world.adminPath });
  [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
  payerCalls = callsOf(() => engine.walletToken());
  nodeCalls = callsOf(() => node.session);
}, 60_000);
afterAll(async () => {
  for (const { close } of transports) close();
  node?.close();
  engine?.close();
  await world?.close();
});

const escrowOf = async (escrow: string) =>
  (await fetchEscrow(world.chain.rpc, address(escrow), { commitment: "confirmed" })).data;

/** A job whose proof is on chain, and whose payer has kept the challenge window for itself. */
async function proven() {
  // Central's clock may have been moved since it was heard of.
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const quote = await engine.submit(engine.config(EPOCHS));
  const { jobId } = quote;
  const { authToken } = await engine.confirm(jobId, await engine.pay(quote, { slot: slot++, flags: 0 }));
  const job = await node.redeem(authToken);
  await node.start(job);
  const work = node.train(job, EPOCHS);
  await node.report(jobId, work);
  await node.complete(jobId, work);
  const { escrowAddress: escrow } = job;
  await expect.poll(async () => (await escrowOf(escrow)).state, POLL).toBe(EscrowState.Proven);
  return { jobId, escrow, work };
}

/** What was sent, and the program has refused. */
const failures = (jobId: string) =>
  world.sql("select purpose, error from chain_transactions where job_id = $1 and status = 'FAILED'", [jobId]);

async function dispute(escrow: string): Promise<void> {
  const { nonce } = await escrowOf(escrow);
  const evidence = new Uint8Array(32).fill(0xe1);
  const open = getOpenDisputeInstruction({ escrow: address(escrow), nonce, party: engine.wallet, evidence });
  await sendAndConfirm(world.chain, { what: "Dispute", instructions: [open], feePayer: engine.wallet });
}

/** The payer says that everything from some epoch on is something else. */
function challengeFrom({ links }: ReturnType<TestNode["train"]>, first: number): Challenge {
  const positions = links.map(({ epoch, checkpointHash }) =>
    epoch < first ? hashFromHex(checkpointHash, "checkpoint_hash") : new Uint8Array(randomBytes(32)),
  );
  return { positions, last: EPOCHS };
}

/** What the node has made up, as it would answer with it. */
function chainOf({ links, resultHash }: ReturnType<TestNode["train"]>) {
  const [start, ...epochs] = links.map(({ stateHash, metricsHash, timestamp }) => ({
    stateHash: hashFromHex(stateHash, "state_hash"),
    metricsHash: metricsHash === "" ? new Uint8Array() : hashFromHex(metricsHash, "metrics_hash"),
    timestampSeconds: timestamp,
  }));
  const initialStateHash = start?.stateHash ?? new Uint8Array();
  return { initialStateHash, epochs, resultHash: hashFromHex(resultHash, "result_hash") };
}

async function signed(by: TestEngine | TestNode, bytes: Uint8Array | undefined) {
  if (bytes === undefined) throw new Error("it is not its turn");
  return { move: bytes, signature: await signBytes(by.wallet, bytes) };
}

const opening = async (told: Dispute, challenge: Challenge) =>
  signed(engine, challengerMove(bisectionOf(told), challenge));

test("a job whose payer has kept the challenge window is paid when it is over, and not before", async () => {
  const { jobId, escrow } = await proven();
  expect(await failures(jobId)).toEqual([]);
  await world.advanceChain(DAY_SECONDS);
  const replica = await world.startCentral();
  await engine.until(jobId, StatusCode.STATUS_COMPLETED);
  await replica.close();
  expect(await escrowOf(escrow)).toMatchObject({ outcome: EscrowOutcome.Completed });
});

test("what was trained of a job that its payer cancels is paid after the window as well", async () => {
  await node.calls.heartbeat({ nodeId: node.nodeId });
  const quote = await engine.submit(engine.config(EPOCHS));
  const { jobId } = quote;
  const { authToken } = await engine.confirm(jobId, await engine.pay(quote, { slot: slot++, flags: 0 }));
  const job = await node.redeem(authToken);
  await node.start(job);
  const work = node.train(job, EPOCHS);
  await node.report(jobId, { ...work, links: work.links.slice(0, 2) });
  await engine.jobs.cancelJob({ jobId });
  await expect.poll(async () => (await escrowOf(job.escrowAddress)).leafCount, POLL).toBe(1);
  expect(await failures(jobId)).toEqual([]);
  await world.advanceChain(DAY_SECONDS);
  const replica = await world.startCentral();
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  await replica.close();
  expect(await escrowOf(job.escrowAddress)).toMatchObject({ outcome: EscrowOutcome.CancelledRunning });
  expect(await failures(jobId)).toEqual([]);
});

test("the payer that disputes on chain and then says nothing has lost; the node is paid", async () => {
  const { jobId, escrow } = await proven();
  expect(await payerCalls.getDispute({ jobId })).toMatchObject({ stage: DisputeStage.NONE, case: { epochs: EPOCHS } });
  await dispute(escrow);
  const told = () => payerCalls.getDispute({ jobId });
  await expect.poll(async () => (await told()).stage, POLL).toBe(DisputeStage.BISECTION);
  expect((await payerCalls.listDisputes({})).jobIds).toEqual([jobId]);
  world.skewMs += MOVE_MS + 2_000;
  const late = await told();
  expect(late.verdict).toMatchObject({ loser: DisputeParty.CHALLENGER, reason: "silence", epoch: 0 });
  await engine.until(jobId, StatusCode.STATUS_COMPLETED);
  expect(await escrowOf(escrow)).toMatchObject({ outcome: EscrowOutcome.ResolvedForNode });
});

test("moves are taken once, from the two alone, by any replica", async () => {
  const { jobId, escrow, work } = await proven();
  const challenge = challengeFrom(work, 2);
  await expect(nodeCalls.getDispute({ jobId })).rejects.toMatchObject({ code: "NOT_YOURS" });
  const proposed = await payerCalls.getDispute({ jobId });
  const move = await opening(proposed, challenge);
  await expect(payerCalls.makeMove({ jobId, move })).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  await dispute(escrow);
  const replica = await world.startCentral({ disputeMoveSeconds: MOVE_MS / 1_000 });
  const elsewhere = callsOf(() => engine.walletToken(), replica);
  // The same move at two replicas at once, each several times.
  const calls = Array.from({ length: 6 }, (_, index) => (index % 2 ? payerCalls : elsewhere).makeMove({ jobId, move }));
  for (const told of await Promise.all(calls)) expect(told.moves).toHaveLength(1);
  const stranger = await TestEngine.create(world);
  const others = callsOf(() => stranger.walletToken());
  await expect(others.makeMove({ jobId, move })).rejects.toMatchObject({ code: "NOT_YOURS" });
  await expect(callsOf(() => undefined).makeMove({ jobId, move })).rejects.toMatchObject({ code: "TOKEN_MISSING" });
  stranger.close();
  const { disputedJobs } = await node.calls.heartbeat({ nodeId: node.nodeId });
  expect(disputedJobs).toEqual([jobId]);
  await replica.close();

  const show = async (chain = chainOf(work)) =>
    signed(node, nodeMove(bisectionOf(await nodeCalls.getDispute({ jobId })), chain));
  const [first, another] = [await show(), await show({ ...chainOf(work), initialStateHash: new Uint8Array(32) })];
  for (let times = 0; times < 2; times++) {
    expect((await nodeCalls.makeMove({ jobId, move: first })).moves).toHaveLength(2);
  }
  // What it has shown before, it cannot show otherwise.
  const { verdict } = await nodeCalls.makeMove({ jobId, move: another });
  expect(verdict).toMatchObject({ loser: DisputeParty.NODE, reason: "contradiction" });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await escrowOf(escrow)).toMatchObject({ outcome: EscrowOutcome.ResolvedForPayer });
}, 30_000);

test("a running job is held to its last root, over a restart; the node that does not show the agreed state has lost", async () => {
  // The other one is banned by now. This one is there, and has nothing of what it says that it has trained.
  node.close();
  node = await TestNode.create(world);
  const server = await startTlsServer({
    ...{ host: "127.0.0.1", port: 0, certificate: node.certificate, routes: () => {}, maxMessageBytes: 1 << 16 },
    onUnexpected: () => {},
  });
  onTestFinished(() => server.close());
  node.port = server.port;
  await node.register();
  const quote = await engine.submit(engine.config(2 * EPOCHS));
  const { jobId } = quote;
  const { authToken } = await engine.confirm(jobId, await engine.pay(quote, { slot: slot++, flags: 0 }));
  const job = await node.redeem(authToken);
  await node.start(job);
  const work = node.train(job, 2 * EPOCHS);
  await expect(payerCalls.getDispute({ jobId })).rejects.toMatchObject({ code: "NOT_POSSIBLE_NOW" });
  await node.report(jobId, { ...work, links: work.links.slice(0, EPOCHS + 1) });
  await expect.poll(async () => (await escrowOf(job.escrowAddress)).leafCount, POLL).toBe(ANCHOR_EVERY);
  const proposed = await payerCalls.getDispute({ jobId });
  expect(proposed.case).toMatchObject({ epochs: ANCHOR_EVERY, hasResult: false });
  const challenge = { ...challengeFrom(work, 2), last: ANCHOR_EVERY };
  const move = await opening(proposed, challenge);
  await dispute(job.escrowAddress);
  await payerCalls.makeMove({ jobId, move });
  // In the middle of it Central goes, and comes back.
  const { port } = world.central;
  await world.central.close();
  world.central = await world.startCentral({ ...OPTIONS, arbiterKeypair: world.adminPath, port });
  let told = await nodeCalls.getDispute({ jobId });
  while (told.stage === DisputeStage.BISECTION) {
    const [shown, said] = [nodeMove(bisectionOf(told), chainOf(work)), challengerMove(bisectionOf(told), challenge)];
    told = shown
      ? await nodeCalls.makeMove({ jobId, move: await signed(node, shown) })
      : await payerCalls.makeMove({ jobId, move: await signed(engine, said) });
  }
  expect(told).toMatchObject({ stage: DisputeStage.REPLAY, waitsFor: DisputeParty.NODE });
  world.skewMs += MOVE_MS + 2_000;
  // The referee asks again and again until time is over.
  await expect.poll(async () => (await payerCalls.getDispute({ jobId })).verdict?.reason, POLL).toBe("withheld");
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  expect(await escrowOf(job.escrowAddress)).toMatchObject({ outcome: EscrowOutcome.ResolvedForPayer });
}, 30_000);

test("the node that says nothing has lost; the payer has its tokens back", async () => {
  // The other one is banned by now.
  node.close();
  node = await TestNode.join(world);
  const { jobId, escrow, work } = await proven();
  const before = await world.balance(engine.wallet.address);
  const move = await opening(await payerCalls.getDispute({ jobId }), challengeFrom(work, 2));
  await dispute(escrow);
  expect(await payerCalls.makeMove({ jobId, move })).toMatchObject({ waitsFor: DisputeParty.NODE });
  world.skewMs += MOVE_MS + 2_000;
  const late = await payerCalls.getDispute({ jobId });
  expect(late.verdict).toMatchObject({ loser: DisputeParty.NODE, reason: "silence" });
  await engine.until(jobId, StatusCode.STATUS_REFUNDED);
  const { amount, outcome } = await escrowOf(escrow);
  expect(outcome).toBe(EscrowOutcome.ResolvedForPayer);
  expect(await world.balance(engine.wallet.address)).toBeGreaterThanOrEqual(before + amount);
}, 30_000);
