import fc from "fast-check";
import { expect, test } from "vitest";
import { equalBytes, type Hash, sha256, u32 } from "../bytes.ts";
import type { Epoch } from "../chain.ts";
import { inclusionProof } from "../inclusion-proof.ts";
import { jobLeaves, jobRoot } from "../job-tree.ts";
import {
  caseOf,
  cheated,
  cheats,
  GENESIS,
  honestChallenger,
  honestNode,
  isSigned,
  JOB,
  lengths,
  loserOf,
  MOVE_SECONDS,
  type Player,
  play,
  roundsOf,
  START,
  sign,
  train,
} from "../testing/bisection-world.ts";
import { hostile, strategies } from "../testing/hostile-player.ts";
import {
  type Bisection,
  challengerMove,
  encodeMove,
  type OwnChain,
  playMove,
  positionsOf,
  type SignedMove,
  startBisection,
} from "./index.ts";

test("whoever has really trained wins against a node that made something up, in log2 of the epochs rounds", async () => {
  await fc.assert(
    fc.asyncProperty(lengths, cheats, async (count, cheat) => {
      const truth = train(count);
      const lying = cheated(truth, cheat);
      const about = caseOf(lying);
      const committed = positionsOf(GENESIS, lying);
      const challenger = honestChallenger(truth, about, committed);
      // What was cut off at the end is all that "shorter" may leave as it was.
      if (challenger === undefined) {
        expect(committed).toEqual(positionsOf(GENESIS, truth));
        return;
      }
      const end = await play(about, { challenger, node: honestNode(lying) });
      expect(loserOf(end, truth)).toBe("node");
      expect(roundsOf(end)).toBeLessThanOrEqual(Math.ceil(Math.log2(about.epochs + 1)));
      const first = committed.findIndex(
        (hash, i) => !equalBytes(hash, positionsOf(GENESIS, truth)[i] ?? new Uint8Array()),
      );
      if (end.outcome?.kind === "parted" && cheat.what !== "shorter") expect(end.outcome.epoch).toBe(first);
    }),
    { numRuns: 60 },
  );
});

test("an honest node wins whatever its challenger does", async () => {
  await fc.assert(
    fc.asyncProperty(lengths, cheats, strategies, fc.boolean(), async (count, made, list, hasResult) => {
      const { resultHash, ...running } = train(count);
      const truth = hasResult && resultHash ? { ...running, resultHash } : running;
      const about = caseOf(truth);
      // It has made up a chain of its own, to have something to say.
      const own = cheated(train(count), made);
      const last = made.from % (about.epochs + (hasResult ? 2 : 1));
      const fair: Player = (state) => {
        const positions = positionsOf(GENESIS, own).slice(0, own.epochs.length + 1);
        return sign("challenger", challengerMove(state, { positions, last, resultHash: sha256(u32(8)) }) as Uint8Array);
      };
      const end = await play(about, { challenger: hostile("challenger", fair, list), node: honestNode(truth) });
      expect(end.outcome ? loserOf(end, train(count)) : "repeats itself").not.toBe("node");
    }),
    { numRuns: 100 },
  );
});

test("an honest challenger wins whatever the node does that made something up", async () => {
  await fc.assert(
    fc.asyncProperty(lengths, cheats, strategies, async (count, cheat, list) => {
      const truth = train(count);
      const lying = cheated(truth, cheat);
      const about = caseOf(lying);
      const challenger = honestChallenger(truth, about, positionsOf(GENESIS, lying));
      if (challenger === undefined) return;
      // It may also show what it should have trained: that is not what it has committed to.
      const repentsAfter = [0, 2, Number.POSITIVE_INFINITY][list.length % 3] as number;
      const fair: Player = (state) => honestNode(state.moves.length > repentsAfter ? truth : lying)(state);
      const end = await play(about, { challenger, node: hostile("node", fair, list) });
      expect(end.outcome ? loserOf(end, truth) : "repeats itself").not.toBe("challenger");
    }),
    { numRuns: 100 },
  );
});

test("one who only repeats an old move has its deadline run on", async () => {
  const truth = train(9);
  const about = caseOf(cheated(truth, { from: 4, what: "state", onwards: true }));
  const challenger = honestChallenger(
    truth,
    about,
    positionsOf(GENESIS, cheated(truth, { from: 4, what: "state", onwards: true })),
  ) as Player;
  const opened = await playMove(
    startBisection(about, START),
    { by: "challenger", move: challenger(startBisection(about, START)) as SignedMove, nowSeconds: START + 5n },
    isSigned,
  );
  const again = { by: "node" as const, move: opened.moves[0] as SignedMove, nowSeconds: START + 10n };
  expect(await playMove(opened, again, isSigned)).toBe(opened);
  const late = await playMove(opened, { ...again, nowSeconds: START + 6n + MOVE_SECONDS }, isSigned);
  expect(late.outcome).toEqual({ kind: "lost", loser: "node", reason: "silence" });
});

test("what was shown before cannot be shown otherwise, although both are under the root", async () => {
  // Leaves that are no chain: each link follows from a past of its own.
  const truth = train(2);
  const [first, second] = truth.epochs as [Epoch, Epoch];
  const elsewhere = positionsOf(GENESIS, { ...truth, initialStateHash: sha256(u32(9)) });
  const hashes = [positionsOf(GENESIS, truth)[1] as Hash, elsewhere[2] as Hash];
  const about = {
    ...caseOf({ initialStateHash: truth.initialStateHash, epochs: [first, second] }),
    root: jobRoot(hashes),
  };
  const mixed: OwnChain = { initialStateHash: sha256(u32(9)), epochs: truth.epochs };
  const show = (state: Bisection): SignedMove => {
    const { position, round } = state.turn as NonNullable<Bisection["turn"]>;
    const chain = position === 1 ? truth : mixed;
    const opening = {
      ...{ kind: "epoch" as const, previous: positionsOf(GENESIS, chain)[position - 1] as Hash },
      ...{ link: chain.epochs[position - 1] as Epoch, proof: inclusionProof(jobLeaves(hashes), position - 1) },
    };
    const initialStateHash = round === 0 ? truth.initialStateHash : undefined;
    const body = { kind: "show" as const, initialStateHash, opening };
    return sign("node", encodeMove({ jobId: JOB, escrow: about.escrow, round, transcript: state.transcript, body }));
  };
  const challenger = honestChallenger({ ...truth, epochs: [first, second] }, about, [
    new Uint8Array(),
    ...hashes,
  ]) as Player;
  const end = await play(about, { challenger, node: show });
  expect(end.outcome).toEqual({ kind: "lost", loser: "node", reason: "contradiction" });
});
