import fc from "fast-check";
import { expect, test } from "vitest";
import { Cast, NODES } from "./cast.ts";
import { readIdl } from "./idl.ts";
import { Machine } from "./machine.ts";
import type { Value } from "./model/case.ts";
import { encodeData } from "./wire.ts";

const SEED = 20_261_124;
const idl = readIdl("reputation_manager");

/** A node's record, as the rules have it. */
interface Entry {
  readonly wallet: string;
  readonly counts: Record<(typeof COUNTS)[number], number>;
  events: number;
}
const COUNTS = [
  ...(["assigned", "completed", "accuracySum", "accuracyCount", "ratingSum", "ratingCount"] as const),
  ...(["proofs", "validProofs", "uptimeSum", "uptimeCount"] as const),
];

/** What each kind of outcome adds, by its number; `most` is the highest value it may come with. */
const KINDS: readonly {
  adds: (value: number) => Partial<Entry["counts"]>;
  events: (value: number) => number;
  most: number;
}[] = [
  {
    adds: (value) => ({ assigned: 1, completed: 1, proofs: 1, validProofs: 1, accuracySum: value, accuracyCount: 1 }),
    events: () => 10,
    most: 1_000,
  },
  { adds: () => ({ assigned: 1 }), events: () => -50, most: 0 },
  { adds: () => ({ assigned: 1 }), events: () => -30, most: 0 },
  { adds: () => ({ assigned: 1, proofs: 1 }), events: () => -100, most: 0 },
  { adds: () => ({}), events: () => -200, most: 0 },
  { adds: () => ({}), events: () => 5, most: 0 },
  { adds: (value) => ({ ratingSum: value, ratingCount: 1 }), events: (value) => (value === 5 ? 5 : 0), most: 5 },
  { adds: (value) => ({ uptimeSum: value, uptimeCount: 1 }), events: () => 0, most: 1_000 },
  { adds: () => ({}), events: () => 20, most: 0 },
];

function scoreOf({ counts, events }: Entry): number {
  const part = (weight: number, sum: number, unit: number, count: number) =>
    Math.floor((weight * sum) / (unit * (count + 20)));
  const parts =
    part(400, counts.completed, 1, counts.assigned) +
    part(250, counts.accuracySum, 1_000, counts.accuracyCount) +
    part(40, counts.ratingSum, 1, counts.ratingCount) +
    part(100, counts.validProofs, 1, counts.proofs) +
    part(50, counts.uptimeSum, 1_000, counts.uptimeCount);
  return Math.max(0, Math.min(1_000, parts + events));
}

function record(entry: Entry, kind: number, value: number): void {
  const rule = KINDS[kind]!;
  for (const [name, more] of Object.entries(rule.adds(value))) entry.counts[name as (typeof COUNTS)[number]] += more;
  entry.events = Math.max(-10_000, Math.min(10_000, entry.events + rule.events(value)));
}

/** The page's number of batches, and its entries, as they lie in the account. */
function readPage(machine: Machine): { sequence: bigint; entries: object[] } {
  const data = machine.account("page")!.data();
  const view = new DataView(data.buffer, data.byteOffset);
  const entries = Array.from({ length: view.getUint8(3) }, (_, index) => {
    const at = 64 + 80 * index;
    const counts = Object.fromEntries(COUNTS.map((name, n) => [name, view.getUint32(at + 32 + 4 * n, true)]));
    const wallet = machine.cast.nameOf(data.subarray(at, at + 32));
    return {
      wallet,
      counts,
      events: view.getInt32(at + 72, true),
      score: view.getUint16(at + 76, true),
      tier: view.getUint8(at + 78),
    };
  });
  return { sequence: view.getBigUint64(8, true), entries };
}

const outcome = fc.record({
  entry: fc.oneof({ weight: 12, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.constantFrom(3, 119, 255) }),
  kind: fc.oneof({ weight: 30, arbitrary: fc.nat(8) }, { weight: 1, arbitrary: fc.constantFrom(9, 255) }),
  value: fc.oneof({ weight: 6, arbitrary: fc.nat(1_000) }, { weight: 1, arbitrary: fc.constantFrom(1_001, 65_535) }),
});
const batch = fc.record({
  by: fc.oneof(
    { weight: 9, arbitrary: fc.constant("coordinator") },
    { weight: 1, arbitrary: fc.constantFrom("stranger", "admin") },
  ),
  signed: fc.oneof({ weight: 19, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
  ahead: fc.oneof({ weight: 9, arbitrary: fc.constant(1n) }, { weight: 1, arbitrary: fc.constantFrom(0n, 2n) }),
  // Mostly values that fit their kind: one that does not refuses the whole batch.
  fits: fc.boolean(),
  outcomes: fc.array(outcome, { maxLength: 12 }),
});

async function open(): Promise<Machine> {
  const machine = await Machine.start(await Cast.gather());
  machine.setTime(1_800_000_000n, 100n);
  for (const wallet of ["fees", "admin", "coordinator", "stranger"])
    machine.make(wallet, "systemProgram", new Uint8Array());
  const program = {
    program: "reputationProgram",
    programData: "reputationProgram.data",
    systemProgram: "systemProgram",
  };
  send(
    machine,
    "initializeReputation",
    { deployer: "admin", admin: "admin", reputation: "reputation", ...program },
    { coordinator: "coordinator" },
  );
  const page = {
    payer: "admin",
    coordinator: "coordinator",
    reputation: "reputation",
    page: "page",
    systemProgram: "systemProgram",
  };
  send(machine, "openPage", page, { pageIndex: 0 });
  for (const wallet of NODES) expect(send(machine, "addNode", page, { wallet })).toBeUndefined();
  machine.snapshot();
  return machine;
}

/** Sends an instruction; says with which error it was refused, if it was. */
function send(
  machine: Machine,
  name: string,
  accounts: Record<string, string>,
  args: Record<string, Value>,
  signed = true,
) {
  const spec = idl.instructions.get(name)!;
  const having = (right: "signer" | "writable") =>
    new Set(spec.accounts.filter((role) => role[right]).map((role) => accounts[role.name]!));
  const refusal = machine.run({
    program: "reputationProgram",
    accounts: spec.accounts.map((role) => accounts[role.name]!),
    signers: signed ? having("signer") : new Set(),
    writable: having("writable"),
    data: encodeData(spec, args, machine.cast),
  });
  return typeof refusal === "number" ? idl.errors.get(refusal) : refusal;
}

test(`outcomes add up to what the rules say, a batch counts once or not at all (seed ${SEED})`, async () => {
  const machine = await open();
  let taken = 0;
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 30, size: "max" }), (batches) => {
      machine.restore();
      let sequence = 0n;
      const entries: Entry[] = NODES.map((wallet) => ({
        wallet,
        counts: Object.fromEntries(COUNTS.map((name) => [name, 0])) as Entry["counts"],
        events: 0,
      }));
      for (const { by, signed, ahead, fits, outcomes } of batches) {
        const meant = outcomes.map(({ entry, kind, value }) => {
          const most = KINDS[kind]?.most ?? 0;
          return { entry, kind, value: fits ? Math.min(value, most) : value };
        });
        const refusals = new Set<string>();
        if (by !== "coordinator" || !signed) refusals.add("wrongSigner");
        if (meant.length === 0) refusals.add("batchEmpty");
        if (ahead !== 1n) refusals.add("wrongSequence");
        for (const { entry, kind, value } of meant) {
          if (entry >= entries.length) refusals.add("unknownEntry");
          if (kind >= KINDS.length) refusals.add("unknownKind");
          if (value > (KINDS[kind]?.most ?? 0)) refusals.add("valueOutOfRange");
        }
        const bytes = meant.flatMap(({ entry, kind, value }) => [entry, kind, value & 255, value >> 8]);
        const accounts = { coordinator: by, reputation: "reputation", page: "page" };
        const args = { sequence: sequence + ahead, outcomes: bytes };
        const refused = send(machine, "recordOutcomes", accounts, args, signed);
        if (refusals.size > 0) expect([...refusals]).toContain(refused);
        else {
          expect(refused).toBeUndefined();
          taken++;
          sequence += 1n;
          for (const { entry, kind, value } of meant) record(entries[entry]!, kind, value);
        }
      }
      const expected = entries.map((entry) => {
        const score = scoreOf(entry);
        return { ...entry, score, tier: [300, 600, 800].filter((bound) => score >= bound).length };
      });
      expect(readPage(machine)).toEqual({ sequence, entries: expected });
    }),
    { seed: SEED, numRuns: 150 },
  );
  expect(taken).toBeGreaterThan(150);
});
