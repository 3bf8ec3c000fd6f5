import { isSignedBy, tokenBalance } from "@cyxwiz/chain";
import { fetchNode, findNodeAddress, jobIdToBytes } from "@cyxwiz/contracts";
import { createEngine } from "@cyxwiz/engine";
import { auditLots, encodeAuditVerdict, hashFromHex } from "@cyxwiz/proof";
import { type Audit, AuditOutcome, AuditState } from "@cyxwiz/protocol";
import { getBase58Encoder } from "@solana/kit";
import { expect, test } from "vitest";
import { auditsOf } from "./support/audit-of.ts";
import { clusterForTest, directoryForTest } from "./support/cluster.ts";
import { startLying } from "./support/lying.ts";
import { type Lies, startLyingCentral } from "./support/lying-central.ts";
import { smallJob, train } from "./support/train.ts";
import { until } from "./support/until.ts";
import { verify } from "./support/verify.ts";

const EPOCHS = 12;
const WINDOW_SECONDS = 20;

test("a finished job is drawn by a later block, audited by another node, which is paid for it; a made-up one is refunded", {
  timeout: 120_000,
}, async () => {
  const cluster = await clusterForTest({
    nodes: 2,
    centralArgs: [
      ...["--audit-rate-bps", "10000", "--audit-window-seconds", `${WINDOW_SECONDS}`],
      ...["--audit-recheck-bps", "0", "--heartbeat-seconds", "1"],
    ],
  });
  const { chain, platform } = cluster;
  const auditOf = auditsOf(cluster);
  const balance = (owner: Parameters<typeof tokenBalance>[1]["owner"]) =>
    tokenBalance(chain, { owner, mint: platform.mint });
  const before = await Promise.all(cluster.nodes.map(({ wallet }) => balance(wallet.signer.address)));

  const training = await train(cluster, await smallJob({ epochs: EPOCHS }));
  const quoted = await training.event("quoted");
  const [jobId, amount] = [quoted.jobId as string, BigInt(quoted.amount as string)];
  await training.event("paid");

  const audit = await auditOf(jobId);
  expect(audit).toMatchObject({ state: AuditState.AUDIT_PASSED, rateBps: 10_000 });
  if (!audit) return;
  const lots = auditLots({
    jobId: jobIdToBytes(jobId),
    root: hashFromHex(audit.root, "root"),
    blockHash: new Uint8Array(getBase58Encoder().encode(audit.blockHash)),
  });
  expect(lots(10_000)).toBe(audit.lot);
  expect(audit.blockSlot).toBeGreaterThan(audit.committedSlot);
  const auditor = cluster.nodes.find((node) => node.nodeId === audit.auditorNodeId);
  expect(auditor?.nodeId).not.toBe(quoted.nodeId);
  const [verdict] = audit.verdicts;
  expect(verdict).toMatchObject({ outcome: AuditOutcome.AUDIT_HOLDS, wallet: auditor?.wallet.signer.address });
  const said = { jobId: jobIdToBytes(jobId), root: hashFromHex(audit.root, "root"), firstFalse: 0 };
  const bytes = encodeAuditVerdict({ ...said, outcome: "HOLDS", epochs: audit.epochs });
  expect(await isSignedBy(verdict?.wallet ?? "", bytes, verdict?.signature ?? new Uint8Array())).toBe(true);
  // As much of the price as two epochs are of the job, and not more than the fee.
  const share = (amount * BigInt(audit.epochs.length)) / BigInt(EPOCHS);
  const fee = (amount * 800n) / 10_000n;
  const index = cluster.nodes.indexOf(auditor as (typeof cluster.nodes)[number]);
  const pay = share < fee ? share : fee;
  await until(
    "the auditor's pay",
    async () => (await balance(auditor?.wallet.signer.address as never)) === (before[index] as bigint) + pay,
  );

  const told = training.events.filter(({ event }) => event === "audit");
  expect(told.map(({ state }) => state)).toEqual(["open", "passed"]);
  const summary = { state: "passed", epochs: audit.epochs, judge: auditor?.wallet.signer.address };
  expect(await verify(cluster, [jobId, "--epoch", "1"])).toMatchObject({ code: 0, last: { audit: summary } });

  const lies: Lies = {};
  const central = await startLyingCentral(cluster, lies);
  const wallet = cluster.engineWallet.signer;
  const engine = createEngine({ central, chain, wallet, dataDir: await directoryForTest() });
  for (const [lie, problem] of [
    [(shown) => Object.assign(shown, { lot: 1 + shown.lot }), "the audit: Central says that the lot"],
    [(shown) => Object.assign(shown, { blockSlot: 1n }), "the audit: its block should be"],
    [(shown) => Object.assign(shown, { epochs: [99] }), "the audit: no lot fell on epoch 99"],
    [(shown) => Object.assign(shown.verdicts[0] ?? {}, { wallet: wallet.address }), "has not signed the verdict"],
    [(shown) => Object.assign(shown, { state: AuditState.AUDIT_NOT_DRAWN }), "it should have been"],
  ] as [(shown: Audit) => void, string][]) {
    lies.commitments = (shown) => lie(shown.audit as Audit);
    const { problems } = await engine.verify(jobId, { choice: { kind: "epochs", epochs: [1] } });
    expect(problems.join("; ")).toContain(problem);
  }
  engine.close();
  await central.close();

  // From now on, whichever node trains makes its weights up.
  const lie = await startLying(cluster, ["random weights"]);
  const payer = await balance(cluster.engineWallet.signer.address);
  const made = await train(cluster, await smallJob({ epochs: EPOCHS }));
  const { jobId: madeUp, nodeId: liar } = await made.event("quoted");
  expect((await made.piece.exited).code).not.toBe(0);
  expect(await auditOf(madeUp as string)).toMatchObject({ state: AuditState.AUDIT_FAILED });
  expect(await balance(cluster.engineWallet.signer.address)).toBe(payer);
  const liarWallet = lie.nodes.find(({ nodeId: id }) => id === liar)?.wallet.signer.address;
  const account = await fetchNode(chain.rpc, await findNodeAddress(liarWallet as never));
  expect(account.data.slashedTotal).toBeGreaterThan(0n);
});
