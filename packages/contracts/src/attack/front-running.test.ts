import { generateKeyPairSigner, getAddressEncoder } from "@solana/kit";
import { beforeEach, describe, expect, test } from "vitest";
import { commitmentOf, type JobTree, jobTree } from "../testing/tree.ts";
import { bytes } from "../testing/world.ts";
import { Job } from "./testing/job.ts";
import { run } from "./testing/verdict.ts";

const MISMATCH = "jobEscrow.commitmentMismatch";

/** The tree of a job of so many epochs; `seed` tells trees of one length apart. */
function treeOf(epochs: number, seed = 0): JobTree {
  const hashes = Array.from({ length: epochs }, (_, epoch) => bytes(0x40 + seed).with(0, epoch));
  return jobTree(hashes, bytes(0x50 + seed));
}

/** What the job's node would have to commit to, to show `proof` for it. */
function commitmentIn(job: Job, proof: Pick<JobTree, "root" | "leafCount" | "resultHash">): Uint8Array {
  return commitmentOf(new Uint8Array(getAddressEncoder().encode(job.world.escrow)), job.nonce, proof);
}

/** What `reveal_proof` takes of a proof. */
const shown = ({ root, leafCount, resultHash }: JobTree) => ({ root, leafCount, resultHash });

describe("whoever sees a proof being shown cannot make it their own", () => {
  let job: Job;
  beforeEach(async () => {
    job = await Job.at("Committed");
    job.world.chain.nextSlot();
  });

  test("a stranger cannot show it, nor can the payer", async () => {
    for (const authority of [await generateKeyPairSigner(), job.world.payer]) {
      expect(await job.rehearse("revealProof", { authority })).toBe("jobEscrow.wrongSigner");
    }
  });

  test("another node cannot show the same data in its own escrow: it has not committed to them there", async () => {
    const other = await Job.at("Running");
    await other.must(["commitProof", { commitment: bytes(77) }]);
    other.world.chain.nextSlot();
    expect(await other.rehearse("revealProof", shown(job.world.tree))).toBe(MISMATCH);
  });

  test("a commitment that was copied from another escrow opens nothing: the escrow is part of it", async () => {
    const other = await Job.at("Running");
    await other.must(["commitProof", { commitment: job.escrow.proofCommitment }]);
    other.world.chain.nextSlot();
    expect(await other.rehearse("revealProof", shown(job.world.tree))).toBe(MISMATCH);
  });

  test("nothing about what was committed can be changed afterwards", async () => {
    const { tree } = job.world;
    const { leafCount } = tree;
    for (const change of [
      { leafCount: leafCount - 1 },
      { leafCount: leafCount - 2 },
      { root: bytes(1) },
      { resultHash: bytes(1) },
      shown(treeOf(leafCount - 1)),
    ]) {
      expect(await job.rehearse("revealProof", { ...shown(tree), ...change })).toBe(MISMATCH);
    }
    expect(await job.rehearse("revealProof")).toBe("ok");
  });

  test("an old commitment opens nothing in the slot's next job: the nonce is part of it", async () => {
    await job.must("refundEscrow", "reportOutcome");
    const next = new Job(job.world, job.nonce + 1n);
    await next.must("createEscrow", "startEscrow");
    // Not kept from the job before …
    next.world.chain.nextSlot();
    expect(await next.rehearse("revealProof")).toBe("jobEscrow.illegalState");
    // … and of no use when sent again.
    await next.must(["commitProof", { commitment: commitmentIn(job, job.world.tree) }]);
    next.world.chain.nextSlot();
    expect(await next.rehearse("revealProof")).toBe(MISMATCH);
  });
});

describe("a commitment has to be on chain before the proof is seen", () => {
  test("not in the same transaction, and not in the same slot", async () => {
    const job = await Job.at("Running");
    const { chain, admin } = job.world;
    const [commit, reveal] = [await job.build("commitProof"), await job.build("revealProof")];
    expect(run(chain, admin.address, commit, reveal)).toBe("jobEscrow.revealTooEarly");
    expect(run(chain, admin.address, commit)).toBe("ok");
    expect(await job.rehearse("revealProof")).toBe("jobEscrow.revealTooEarly");
    chain.nextSlot();
    expect(await job.rehearse("revealProof")).toBe("ok");
  });

  test("a second commitment replaces the first, and a third is refused", async () => {
    const job = await Job.at("Proven");
    const better = treeOf(5, 8);
    await job.must(["commitProof", { commitment: commitmentIn(job, better) }]);
    job.world.chain.nextSlot();
    expect(await job.rehearse("revealProof")).toBe(MISMATCH);
    await job.must(["revealProof", shown(better)]);
    expect(await job.rehearse("commitProof")).toBe("jobEscrow.tooManyProofs");
    expect(job.escrow).toMatchObject({ proofCount: 2, root: better.root, resultHash: better.resultHash });
  });

  test("an empty commitment is none", async () => {
    const job = await Job.at("Running");
    expect(await job.rehearse("commitProof", { commitment: bytes(0) })).toBe("jobEscrow.fieldEmpty");
  });

  test("more leaves than the job has epochs, or fewer than were anchored, are no proof even if committed to", async () => {
    const anchored = 3;
    const [few, never] = ["jobEscrow.rootNotMonotonic", "jobEscrow.parameterOutOfRange"];
    for (const [leafCount, refusal] of [
      [0, never],
      [1, never],
      [2, few],
      [anchored, few],
      [7, never],
      [2 ** 32 - 1, never],
    ] as const) {
      const job = await Job.at("Running");
      const claim = { ...shown(job.world.tree), leafCount };
      await job.must(
        ["anchorRoot", { leafCount: anchored }],
        ["commitProof", { commitment: commitmentIn(job, claim) }],
      );
      job.world.chain.nextSlot();
      expect(await job.rehearse("revealProof", claim)).toBe(refusal);
    }
  });
});

describe("payment needs what was committed to", () => {
  test("another checkpoint, a sibling too few, too many, changed or in another order lead to another root", async () => {
    const job = await Job.at("Proven");
    const { checkpointHash, siblings } = job.world.tree;
    expect(siblings.length).toBeGreaterThan(0);
    for (const change of [
      { checkpointHash: bytes(1) },
      { checkpointHash: siblings[0]! },
      { siblings: siblings.slice(1) },
      { siblings: [...siblings, bytes(0)] },
      { siblings: [...siblings, siblings.at(-1)!] },
      { siblings: siblings.with(0, checkpointHash) },
    ]) {
      expect(await job.rehearse("completePayment", change)).toBe("jobEscrow.invalidInclusion");
    }
    expect(await job.rehearse("completePayment")).toBe("ok");
  });

  test.each([1, 2, 3, 4, 6, 7, 8, 15, 16, 31, 100, 127])("a job of %i epochs can show it", async (epochs) => {
    const { world, nonce } = await Job.at("Created");
    const job = new Job(world, nonce + 1n);
    const proof = treeOf(epochs);
    const { checkpointHash, siblings } = proof;
    await new Job(world, nonce).must("cancelEscrow");
    await job.must(
      ["createEscrow", { checkpoints: epochs }],
      "startEscrow",
      ["commitProof", { commitment: commitmentIn(job, proof) }],
      ["revealProof", shown(proof)],
    );
    const wrong = { checkpointHash, siblings: siblings.length === 0 ? [bytes(1)] : siblings.slice(1) };
    expect(await job.rehearse("completePayment", wrong)).toBe("jobEscrow.invalidInclusion");
    await job.must(["completePayment", { checkpointHash, siblings }]);
  });
});
