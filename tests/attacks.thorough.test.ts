import { tokenBalance } from "@cyxwiz/chain";
import { fetchNode, findNodeAddress } from "@cyxwiz/contracts";
import { AuditState } from "@cyxwiz/protocol";
import { type Cluster, endTestCluster, startTestCluster } from "cyxwiz/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditsOf } from "./support/audit-of.ts";
import { type Liars, startLying } from "./support/lying.ts";
import type { Lie } from "./support/lying-node.ts";
import { smallJob, train } from "./support/train.ts";
import { until } from "./support/until.ts";

/** What finds a lie: a hash that does not fit, before anything is on chain; the work, done again; or its being withheld. */
type Finder = "hash" | "replay" | "silence";

const ATTACKS: readonly (readonly [Lie, Finder])[] = [
  ["random weights", "replay"],
  ["fewer epochs", "hash"],
  ["another job's proof", "hash"],
  ["last year's proof", "hash"],
  ["a smaller data set", "replay"],
  ["a wrong seed", "replay"],
  ["skipped steps", "replay"],
  ["metrics that lie", "replay"],
  ["a state withheld", "silence"],
  ["a duplicated leaf", "hash"],
];

// After three failures in a week a node is suspended; less is slashed of a larger stake than would make it too small.
const LIARS = Array.from({ length: 5 }, (_, index) => `liar-${index + 1}`);

let cluster: Cluster;
let liars: Liars;
beforeAll(async () => {
  cluster = await startTestCluster({
    centralArgs: [
      ...["--audit-rate-bps", "10000", "--audit-window-seconds", "3", "--jobs-per-wallet-per-day", "100"],
      ...["--heartbeat-seconds", "1", "--silence-seconds", "4"],
    ],
    // By Central itself: whoever lies here would lie as an auditor as well.
    nodeArgs: ["--compute-score", "10", "--stake", "400", "--no-audits"],
  });
  liars = await startLying(cluster, [], LIARS);
}, 120_000);
afterAll(() => endTestCluster(cluster));

const payerHas = () =>
  tokenBalance(cluster.chain, { owner: cluster.engineWallet.signer.address, mint: cluster.platform.mint });

/** What a job's node has been slashed of in all. */
async function slashed(nodeId: unknown): Promise<bigint> {
  const node = liars.nodes.find((each) => each.nodeId === nodeId);
  if (!node) throw new Error(`no node has the id ${nodeId}`);
  return (await fetchNode(cluster.chain.rpc, await findNodeAddress(node.wallet.signer.address))).data.slashedTotal;
}

test("an honest node's work stands its audit", {
  timeout: 120_000,
}, async () => {
  const training = await train(cluster, await smallJob({ epochs: 6 }));
  const { jobId } = await training.event("quoted");
  await training.event("paid");
  expect(await auditsOf(cluster)(jobId as string)).toMatchObject({ state: AuditState.AUDIT_PASSED });
});

test.each(ATTACKS)("%s: found by %s, and not paid", { timeout: 120_000 }, async (lie, finder) => {
  const before = await payerHas();
  await liars.lie(lie);
  const training = await train(cluster, await smallJob({ epochs: 6 }));
  const { jobId, nodeId } = await training.event("quoted");
  const slashedBefore = await slashed(nodeId);
  expect((await training.piece.exited).code).not.toBe(0);
  expect(training.events.some(({ event }) => event === "paid")).toBe(false);
  await until("all of the tokens to be back", async () => (await payerHas()) === before);
  await until("the node to be slashed", async () => (await slashed(nodeId)) > slashedBefore);
  const audit = await auditsOf(cluster)(jobId as string);
  if (finder === "hash") expect(audit).toBeUndefined();
  else {
    const outcome = { replay: 1, silence: 2 }[finder];
    expect(audit).toMatchObject({ state: AuditState.AUDIT_FAILED, verdicts: [{ outcome }] });
  }
});
