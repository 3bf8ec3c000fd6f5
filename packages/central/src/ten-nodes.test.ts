import { randomBytes } from "node:crypto";
import { sendAndConfirm } from "@cyxwiz/chain";
import { fetchPage, findNodeAddress, findPageAddress, getSlashInstructionAsync, SlashReason } from "@cyxwiz/contracts";
import { JobPriority, type MatchExplanation, type SubmitJobResponse } from "@cyxwiz/protocol";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode, type TestNodeOptions } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

const GIB = 1n << 30n;
const HOUR_SECONDS = 3_600n;
const patience = { timeout: 30_000, interval: 100 };

interface Cast extends TestNodeOptions {
  /** Jobs it has completed, in exactly the time that was estimated. */
  readonly completed: number;
}

/** A market: what each has at stake, and has done. */
const CAST = {
  Ada: { stake: 6_000n, completed: 40 },
  Bo: { stake: 1_000n, completed: 36 },
  Cy: { stake: 1_000n, completed: 24 },
  Di: { stake: 200n, completed: 23 },
  Ed: { stake: 1_000n, completed: 10 },
  Flo: { stake: 60n, completed: 9 },
  Gus: { stake: 5_000n, completed: 0 },
  Hal: { stake: 5_000n, completed: 0, ramBytes: 2n * GIB },
  Ida: { stake: 10n, completed: 0 },
  Jo: { stake: 9_000n, completed: 0 },
} satisfies Record<string, Cast>;
type Name = keyof typeof CAST;
const NAMES = Object.keys(CAST) as Name[];

let world: TestWorld;
let engine: TestEngine;
let nodes: Readonly<Record<Name, TestNode>>;

beforeAll(async () => {
  world = await TestWorld.start({ reputationIntervalSeconds: 1, unpaidSecondsPerAddress: 3_600 });
  engine = await TestEngine.create(world);
  const joined: [Name, TestNode][] = [];
  for (const name of NAMES) joined.push([name, await TestNode.join(world, CAST[name])]);
  nodes = Object.fromEntries(joined) as Record<Name, TestNode>;
  // Di asks more than the usual price.
  await nodes.Di.calls.heartbeat({
    nodeId: nodes.Di.nodeId,
    currentStatus: { ramTotal: 8n * GIB, computeScore: 20, pricing: { pricePerHour: 1.2 } },
  });
  await Promise.all([suspend(nodes.Jo), ...NAMES.map((name) => complete(nodes[name], CAST[name].completed))]);
  await vi.waitFor(async () => {
    const [open] = await world.sql<{ count: number }>(
      "select count(*)::int from reputation_update_queue where not processed",
    );
    expect(open?.count).toBe(0);
    const [jo] = await world.sql("select registration from nodes where id = $1", [nodes.Jo.nodeId]);
    expect(jo).toEqual({ registration: "suspended" });
  }, patience);
}, 60_000);

afterAll(async () => {
  for (const peer of [engine, ...Object.values(nodes ?? {})]) peer?.close();
  await world?.close();
});

beforeEach(async () => {
  await Promise.all(NAMES.map((name) => nodes[name].calls.heartbeat({ nodeId: nodes[name].nodeId })));
});

/** What a node's completed jobs leave behind; from here it goes the way of all outcomes. */
async function complete(node: TestNode, count: number): Promise<void> {
  await world.sql(
    `insert into reputation_update_queue (node_id, score_change, reason, kind, value, created_at, processed)
     select $1, 10, 'JOB_COMPLETED', 0, 1000, now(), false from generate_series(1, $2)`,
    [node.nodeId, count],
  );
}

/** The arbiter slashes it three times within the week. */
async function suspend(node: TestNode): Promise<void> {
  const { insurance, mint } = world.platform;
  const account = await findNodeAddress(node.wallet.address);
  const slash = () =>
    getSlashInstructionAsync({
      arbiter: world.admin,
      node: account,
      insurance,
      mint,
      reason: SlashReason.Failed,
      evidence: randomBytes(32),
    });
  const instructions = [await slash(), await slash(), await slash()];
  await sendAndConfirm(world.chain, { what: "Slash", instructions, feePayer: world.admin });
}

/** 0.9 CYXWIZ an hour before all factors, the same time on every node. */
function submit(hours: bigint): Promise<SubmitJobResponse> {
  const size = {
    priority: JobPriority.PRIORITY_NORMAL,
    datasetSamples: 0n,
    testSamples: 0n,
    estimatedMemory: 4n * GIB,
  };
  return engine.submit({ ...engine.config(), ...size, estimatedDuration: hours * HOUR_SECONDS });
}

function nameOf(nodeId: string): Name | undefined {
  return NAMES.find((name) => nodes[name].nodeId === nodeId);
}

/** "Ada 1", "Bo 2", "Ida stake": who, and the rank or the reason. */
function short(match: MatchExplanation | undefined): string[] {
  return (match?.nodes ?? []).map(({ nodeId, rank, reason }) => `${nameOf(nodeId)} ${rank || reason}`);
}

function words(match: MatchExplanation | undefined, name: Name): string | undefined {
  return match?.nodes.find(({ nodeId }) => nameOf(nodeId) === name)?.words;
}

function sorted(texts: readonly string[]): string[] {
  return texts.toSorted();
}

test("their reputations stand on chain, and Central goes by those", async () => {
  const page = await fetchPage(world.chain.rpc, await findPageAddress(0), { commitment: "confirmed" });
  const scores = new Map(
    page.data.entries.slice(0, page.data.count).map(({ wallet, score }) => [wallet as string, score]),
  );
  const onChain = NAMES.map((name) => [name, scores.get(nodes[name].wallet.address) ?? 0]);
  expect(Object.fromEntries(onChain)).toEqual({
    ...{ Ada: 898, Bo: 841, Cy: 648, Di: 629, Ed: 349, Flo: 322 },
    ...{ Gus: 0, Hal: 0, Ida: 0, Jo: 0 },
  });
  const rows = await world.sql<{ id: string; reputation_score: number }>("select id, reputation_score from nodes");
  const known = rows.map(({ id, reputation_score }) => [nameOf(id), reputation_score]);
  expect(Object.fromEntries(known)).toEqual(Object.fromEntries(onChain));
  // A hundred in one transaction, and the rest in another.
  const [batches] = await world.sql<{ count: number }>("select count(*)::int from reputation_batches");
  expect(batches?.count).toBeGreaterThanOrEqual(2);
});

let small: SubmitJobResponse;

test("a small job: diamonds first, then by price; each has its reason", async () => {
  small = await submit(6n);
  const { match } = small;
  expect(short(match).slice(0, 7)).toEqual(["Ada 1", "Bo 2", "Cy 3", "Ed 4", "Flo 5", "Gus 6", "Di 7"]);
  expect(sorted(short(match).slice(7))).toEqual(["Hal hardware", "Ida stake", "Jo suspended"]);
  const said = Object.fromEntries(NAMES.map((name) => [name, words(match, name)]));
  const lasting = "CYXWIZ for 21,600 s";
  expect(said).toEqual({
    Ada: `Chosen, at 4.374 ${lasting}: compared with the next one it is as cheap and fast, and better known (reputation 898 against 841).`,
    Bo: `Number 2, at 4.374 ${lasting}: the one before is as cheap and fast, and better known (reputation 898 against 841).`,
    Cy: `Number 3, at 4.86 ${lasting}: the one before is a diamond node, and those come first (reputation 841 against 648, gold).`,
    Ed: `Number 4, at 5.346 ${lasting}: the one before is cheaper (4.86 CYXWIZ against 5.346 CYXWIZ).`,
    Flo: `Number 5, at 5.346 ${lasting}: the one before is as cheap and fast, and better known (reputation 349 against 322).`,
    Gus: `Number 6, at 5.832 ${lasting}: the one before is cheaper (5.346 CYXWIZ against 5.832 CYXWIZ).`,
    Di: `Number 7, at 6.48 ${lasting}: the one before is cheaper (5.832 CYXWIZ against 6.48 CYXWIZ).`,
    Hal: "Not possible: the job needs 4096 MiB of memory, and it has 2048 MiB.",
    Ida: "Not possible: a job of 5.832 CYXWIZ asks for a stake of 50 CYXWIZ, and it has 10 CYXWIZ.",
    Jo: "Not possible: the registry on chain says that it is suspended.",
  });
  expect(match?.nodes[0]?.numbers).toMatchObject({
    tier: "diamond",
    reputation: "898",
    staked: "6000000000000",
    amount: "4374000000",
    minimumStake: "50000000000",
  });
});

test("the explanation is kept with the job", async () => {
  const { match, nodeAssignment } = await engine.jobs.getJobStatus({ jobId: small.jobId });
  expect(match).toEqual(small.match);
  expect(nameOf(nodeAssignment?.nodeId ?? "")).toBe("Ada");
});

test("a middling job: who is busy, trusted with less, or has too little at stake is left out", async () => {
  const { match } = await submit(48n);
  expect(short(match).slice(0, 4)).toEqual(["Bo 1", "Cy 2", "Ed 3", "Di 4"]);
  expect(sorted(short(match).slice(4))).toEqual(
    sorted(["Ada busy", "Flo stake", "Gus tier", "Hal hardware", "Ida tier", "Jo suspended"]),
  );
  expect(words(match, "Ada")).toBe("Not possible: it is held for another job.");
  expect(words(match, "Gus")).toBe(
    "Not possible: it costs 36.288 CYXWIZ there, and a bronze node (reputation 0) may take jobs up to 10 CYXWIZ.",
  );
  expect(words(match, "Flo")).toBe(
    "Not possible: a job of 33.264 CYXWIZ asks for a stake of 200 CYXWIZ, and it has 60 CYXWIZ.",
  );
});

test("a large job: gold is enough, and what it asks for as stake decides", async () => {
  const { match } = await submit(240n);
  expect(short(match).slice(0, 1)).toEqual(["Cy 1"]);
  expect(sorted(short(match).slice(1))).toEqual(
    sorted([
      "Ada busy",
      "Bo busy",
      "Di tier",
      "Ed tier",
      "Flo tier",
      "Gus tier",
      "Hal hardware",
      "Ida tier",
      "Jo suspended",
    ]),
  );
  expect(words(match, "Cy")).toBe("Chosen, at 151.2 CYXWIZ for 864,000 s: the only one that can take the job.");
});

test("the largest job only a diamond with the full stake may have; while it is busy, nobody", async () => {
  const rejected =
    "Of 10 nodes: 3 busy with other jobs, 5 not trusted with so large a job yet, 1 without the hardware, 1 suspended.";
  const none = await submit(640n).catch((error: unknown) => error);
  expect(none).toMatchObject({ code: "NO_NODE_AVAILABLE" });
  const said = String((none as { context?: { rejected?: string } }).context?.rejected);
  expect(sorted(said.split(/: |, |\./))).toEqual(sorted(rejected.split(/: |, |\./)));
  await engine.jobs.cancelJob({ jobId: small.jobId, reason: "too small" });
  const { match } = await submit(640n);
  expect(short(match).slice(0, 1)).toEqual(["Ada 1"]);
  expect(words(match, "Ada")).toBe("Chosen, at 362.88 CYXWIZ for 2,304,000 s: the only one that can take the job.");
});

test("the chosen one is looked up on chain, whatever Central has heard", async () => {
  const lie = "update nodes set registration = 'active', reputation_score = 1000, stake_amount = $1 where id = any($2)";
  await world.sql(lie, ["9000000000000", [nodes.Ida.nodeId, nodes.Jo.nodeId]]);
  const { match } = await submit(6n);
  expect(short(match).slice(0, 1)).toEqual(["Ed 1"]);
  expect(words(match, "Ida")).toMatch(
    /^Not possible: a job of 4.374 CYXWIZ asks for a stake of 50 CYXWIZ, and it has 10/,
  );
  expect(words(match, "Jo")).toBe("Not possible: the registry on chain says that it is suspended.");
});
