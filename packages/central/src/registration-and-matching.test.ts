import { once } from "node:events";
import { get } from "node:https";
import { join } from "node:path";
import { loadOrCreateCertificate, StatusCode } from "@cyxwiz/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

let world: TestWorld;
const engines: TestEngine[] = [];
const nodes: TestNode[] = [];

beforeAll(async () => {
  world = await TestWorld.start({ newcomersPercent: 100 });
  engines.push(...(await Promise.all(Array.from({ length: 5 }, () => TestEngine.create(world)))));
});

afterAll(async () => {
  for (const peer of [...nodes, ...engines]) peer.close();
  await world?.close();
});

async function engine(index = 0): Promise<TestEngine> {
  return engines[index] as TestEngine;
}

test("nodes are admitted only with proof: on chain, with the registered certificate, by their own wallet", async () => {
  const stranger = await TestNode.create(world, { registerOnChain: false });
  nodes.push(stranger);
  await expect(stranger.register()).rejects.toMatchObject({ code: "NODE_NOT_ON_CHAIN" });
  const node = await TestNode.create(world, { stake: 10n });
  nodes.push(node);
  const directory = join(world.directory, "another");
  const another = await loadOrCreateCertificate({ directory, commonName: "x", hosts: [] });
  await expect(node.register(another.certificatePem)).rejects.toMatchObject({ code: "CERTIFICATE_NOT_REGISTERED" });
  await expect(node.register("no certificate")).rejects.toMatchObject({ code: "INVALID_FIELD" });
  await expect(node.calls.heartbeat({ nodeId: "x" })).rejects.toMatchObject({ code: "TOKEN_MISSING" });
  await node.register();
  const { nodeId, session } = node;
  await node.register();
  expect(node.nodeId).toBe(nodeId);
  expect(node.session).not.toBe(session);
  node.session = session;
  await expect(node.calls.heartbeat({ nodeId })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});

test("without a node that fits, the answer says how many there are and why not", async () => {
  const { jobs } = await engine();
  await expect((await engine()).submit()).rejects.toMatchObject({
    code: "NO_NODE_AVAILABLE",
    context: { rejected: "Of 1 node: 1 with too little stake." },
  });
  expect((await jobs.listJobs({})).totalCount).toBe(0);
});

test("what is wrong in a config is named", async () => {
  const first = await engine();
  const good = first.config();
  const refused = (change: object) => expect(first.submit({ ...good, ...change })).rejects;
  await refused({ paymentAddress: "nobody" }).toMatchObject({ context: { field: "config.payment_address" } });
  await refused({ paymentAddress: world.admin.address }).toMatchObject({ code: "NOT_YOURS" });
  await refused({ datasetSha256: "XYZ" }).toMatchObject({ context: { field: "config.dataset_sha256" } });
  await refused({ datasetSamples: -1n }).toMatchObject({ context: { field: "config.dataset_samples" } });
  await refused({ seed: 2n ** 60n }).toMatchObject({ context: { field: "config.seed" } });
  await refused({ modelDefinition: "{" }).toMatchObject({
    code: "MODEL_INVALID",
    context: { path: "model_definition" },
  });
  const layers = [{ id: 1, type: 83, name: "x", parameters: {} }];
  await refused({ modelDefinition: JSON.stringify({ nodes: layers, links: [] }) }).toMatchObject({
    code: "MODEL_INVALID",
  });
});

test("of many jobs submitted at once each gets a node of its own, and the rest none", async () => {
  nodes.push(...(await Promise.all([TestNode.join(world), TestNode.join(world)])));
  const quotes = await Promise.allSettled(engines.map((each) => each.submit()));
  const taken = quotes.flatMap((quote) => (quote.status === "fulfilled" ? [quote.value] : []));
  expect(taken).toHaveLength(2);
  expect(new Set(taken.map(({ nodeAssignment }) => nodeAssignment?.nodeId)).size).toBe(2);
  for (const quote of quotes) {
    if (quote.status === "rejected") expect(quote.reason).toMatchObject({ code: "NO_NODE_AVAILABLE" });
  }
  const held = await world.sql<{ node_id: string }>("select node_id from reservations where released_at is null");
  expect(held).toHaveLength(2);
});

test("jobs from before there were escrows stay valid", async () => {
  const [userId, jobId] = [crypto.randomUUID(), crypto.randomUUID()];
  await world.sql("insert into users (id) values ($1)", [userId]);
  const values = [jobId, userId, "COMPLETED", JSON.stringify({ jobId, epochs: 2 })];
  await world.sql("insert into jobs (id, user_id, status, config) values ($1, $2, $3, $4)", values);
  const { jobs } = await engine();
  const answer = await jobs.getJobStatus({ jobId });
  expect(answer.status).toMatchObject({ jobId, status: StatusCode.STATUS_COMPLETED });
  expect(answer.settlement).toBeUndefined();
  expect((await jobs.listJobs({ userId })).jobs.map((job) => job.jobId)).toEqual([jobId]);
  await jobs.deleteJob({ jobId });
  await expect(jobs.getJobStatus({ jobId })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
  await expect(jobs.getJobStatus({ jobId: "x" })).rejects.toMatchObject({ code: "JOB_NOT_FOUND" });
});

test("every table and column of the integration plan is there", async () => {
  const rows = await world.sql<{ place: string }>(
    "select table_name || '.' || column_name as place from information_schema.columns where table_schema = 'public'",
  );
  const places = new Set(rows.map(({ place }) => place));
  const plan = {
    users: ["id"],
    jobs: [
      ..."id user_id status config assigned_node_id auth_token started_at completed_at result_hash".split(" "),
      ..."proof_of_compute created_at escrow_tx_signature escrow_amount escrow_status payment_tx_signature".split(" "),
      ..."checkpoint_merkle_root on_chain_checkpoint_merkle_root".split(" "),
    ],
    nodes: "id wallet_pubkey stake_amount reputation_score last_reputation_sync".split(" "),
    job_checkpoints: "id job_id epoch checkpoint_hash metrics reported_at".split(" "),
    reputation_update_queue: "id node_id score_change reason created_at processed on_chain_tx_signature".split(" "),
    blockchain_events: "id event_type tx_signature event_index job_id node_id payload processed created_at".split(" "),
  };
  const missing = Object.entries(plan).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`).filter((place) => !places.has(place)),
  );
  expect(missing).toEqual([]);
});

test("replicas that start at once migrate without getting into each other's way", async () => {
  await world.sql("create database replicas");
  const databaseUrl = world.database.url.replace(/\/postgres$/, "/replicas");
  const started = await Promise.all([1, 2, 3].map(() => world.startCentral({ databaseUrl })));
  expect(new Set(started.map(({ port }) => port)).size).toBe(3);
  await Promise.all(started.map((central) => central.close()));
});

test("who calls too often, or holds too much without paying, is told so and when to come again", async () => {
  const limited = await world.startCentral({ requestsPerMinutePerAddress: 60, unpaidSecondsPerAddress: 900 });
  const anonymous = await TestEngine.create(world, false);
  anonymous.connect(limited);
  nodes.push(await TestNode.join(world));
  // Two quotes stand from before.
  await anonymous.submit();
  nodes.push(await TestNode.join(world));
  await expect(anonymous.submit()).rejects.toMatchObject({ code: "JOB_LIMIT_REACHED", status: "RESOURCE_EXHAUSTED" });
  await anonymous.jobs.listJobs({ userId: anonymous.wallet.address });
  const refused = { code: "TOO_MANY_REQUESTS", status: "RESOURCE_EXHAUSTED" };
  await expect(anonymous.submit()).rejects.toMatchObject(refused);
  const { status, headers } = await fetchMetrics(limited);
  expect({ status, wait: Number(headers["retry-after"]) > 0 }).toEqual({ status: 429, wait: true });
  anonymous.close();
  await limited.close();
});

async function fetchMetrics({ url, certificate }: TestWorld["central"]) {
  const [response] = await once(get(`${url}/metrics`, { ca: certificate.certificatePem, agent: false }), "response");
  response.resume();
  return { status: response.statusCode, headers: response.headers };
}

test("wallets are told their balance, and a price in advance", async () => {
  const { wallet, wallets } = await engine();
  const balance = await wallets.getBalance({ walletAddress: wallet.address });
  expect(balance).toMatchObject({ solBalance: 10, cyxwizBalance: 100, tokenMint: world.platform.mint });
  expect((await wallets.connectWallet({ walletAddress: "x" })).isValid).toBe(false);
  const estimate = await wallets.estimateJobCost({ modelType: "mlp", epochs: 5, datasetSize: 60_000 });
  expect(estimate.estimatedCost).toBeGreaterThan(0);
  await expect(wallets.getBalance({ walletAddress: "x" })).rejects.toMatchObject({ code: "INVALID_FIELD" });
});
