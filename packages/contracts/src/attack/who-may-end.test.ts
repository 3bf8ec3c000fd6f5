import { describe, expect, test } from "vitest";
import { EscrowDecision, NodeFault } from "../generated/job-escrow/index.ts";
import { CYXWIZ } from "../testing/world.ts";
import { Job, type JobMove, type Overrides, type Reachable } from "./testing/job.ts";
import { balancesAfter } from "./testing/verdict.ts";

const PARTIES = ["payer", "node", "coordinator", "arbiter", "admin"] as const;
type Party = (typeof PARTIES)[number];

/** A row of the economy's table: an end of an escrow of 7 CYXWIZ, who may bring it about, and what each then has. */
interface Row {
  readonly when: Reachable;
  readonly move: JobMove;
  /** The account that signs. */
  readonly signer: string;
  readonly who: readonly Party[];
  readonly payer: bigint;
  readonly node: bigint;
  readonly platform: bigint;
  /** Seconds from then. */
  readonly after?: bigint;
  /** The payer's terms do not let the coordinator release at once. */
  readonly withoutRelease?: boolean;
  readonly prepare?: (job: Job) => Promise<void>;
  readonly arguments?: Overrides;
}

type Way = Pick<Row, "when" | "move" | "signer">;

const DAY = 86_400n;
const TENTH = CYXWIZ / 10n;
const { ForPayer, ForNode } = EscrowDecision;

const DONE = { payer: 0n, node: 63n * TENTH, platform: 7n * TENTH };
const BACK = { payer: 70n * TENTH, node: 0n, platform: 0n };
const NOTHING = { payer: 0n, node: 0n, platform: 0n };
/** Two of five epochs are done; of the rest a tenth is the node's. */
const PART = { payer: 42n * TENTH - (42n * TENTH) / 10n, node: 28n * TENTH + (42n * TENTH) / 10n, platform: 0n };

const complete: Way = { when: "Proven", move: "completePayment", signer: "authority" };
const approve: Way = { when: "Running", move: "approvePayment", signer: "payer" };
const cancel: Way = { when: "Created", move: "cancelEscrow", signer: "payer" };
const cancelRunning: Way = { when: "Running", move: "cancelRunning", signer: "authority" };
const refund: Way = { when: "Running", move: "refundEscrow", signer: "coordinator" };
const timeOut: Way = { when: "Running", move: "timeoutRefund", signer: "caller" };
const resolve: Way = { when: "Disputed", move: "resolveDispute", signer: "arbiter" };
const execute: Way = { when: "Disputed", move: "executeDecision", signer: "caller" };

const twoEpochs = {
  prepare: (job: Job) => job.must(["anchorRoot", { leafCount: 2 }]),
  arguments: { leafCount: 2 },
};
const decided = (decision: EscrowDecision) => ({
  prepare: (job: Job) => job.must("submitEvidence", ["resolveDispute", { decision }]),
});

const ROWS: Readonly<Record<string, Row>> = {
  "completed, the terms let the coordinator release at once": { ...complete, ...DONE, who: ["payer", "coordinator"] },
  "completed, the terms do not": { ...complete, ...DONE, withoutRelease: true, who: ["payer"] },
  "completed, the challenge window has passed": {
    ...complete,
    ...DONE,
    withoutRelease: true,
    after: DAY,
    who: ["payer", "node", "coordinator"],
  },
  "approved before the end": { ...approve, ...DONE, who: ["payer"] },
  "cancelled before the start": { ...cancel, ...BACK, who: ["payer"] },
  "cancelled while running": { ...cancelRunning, ...PART, ...twoEpochs, who: ["payer", "coordinator"] },
  "cancelled while running, the terms give the payer time": {
    ...cancelRunning,
    ...PART,
    ...twoEpochs,
    withoutRelease: true,
    who: ["payer"],
  },
  "the node failed": { ...refund, ...BACK, arguments: { fault: NodeFault.Failed }, who: ["coordinator"] },
  "a second before the deadline": { ...timeOut, ...BACK, after: 3_599n, who: [] },
  "nothing happened by the deadline": { ...timeOut, ...BACK, after: 3_600n, who: PARTIES },
  "the arbiter decides": { ...resolve, ...NOTHING, after: 2n * DAY, who: ["arbiter"] },
  "the payer won, and the node accepts it": { ...execute, ...BACK, ...decided(ForPayer), who: ["node"] },
  "the payer won, nobody appealed": { ...execute, ...BACK, ...decided(ForPayer), after: 7n * DAY, who: PARTIES },
  "the node won, and the payer accepts it": { ...execute, ...DONE, ...decided(ForNode), who: ["payer"] },
  "the node won, nobody appealed": { ...execute, ...DONE, ...decided(ForNode), after: 7n * DAY, who: PARTIES },
};

describe("the economy's table: who may end an escrow how, and where its tokens go", () => {
  test.each(Object.entries(ROWS))("%s", async (_, row) => {
    const job = await Job.at(row.when);
    if (row.withoutRelease) job.world.forge({ flags: 0 });
    await row.prepare?.(job);
    job.later(row.after ?? 0n);
    const { chain, admin, payerToken, nodeToken, treasury, vault } = job.world;
    const accounts = [payerToken, nodeToken, treasury, vault];
    const before = accounts.map((account) => chain.tokens(account));
    const able: Party[] = [];
    for (const party of PARTIES) {
      const instruction = await job.build(row.move, { ...row.arguments, [row.signer]: job.world[party] });
      const after = balancesAfter(chain, admin.address, instruction, accounts);
      if (after === undefined) continue;
      able.push(party);
      const [payer, node, platform, left] = after.map((balance, at) => balance - before[at]!);
      const { payer: toPayer, node: toNode, platform: toPlatform } = row;
      expect({ payer, node, platform }, party).toEqual({ payer: toPayer, node: toNode, platform: toPlatform });
      expect(left).toBe(-(toPayer + toNode + toPlatform));
    }
    expect(able).toEqual(row.who);
  });
});
