import { type Address, getBase64Decoder } from "@solana/kit";
import { expect, test } from "vitest";
import { decodeProgramEvents } from "./events.ts";
import {
  EscrowOutcome,
  getEscrowSettledEventEncoder,
  getEscrowStartedEventEncoder,
  JOB_ESCROW_PROGRAM_ADDRESS,
  NodeFault,
} from "./generated/job-escrow/index.ts";
import { isTruncated, readLoggedData } from "./program-logs.ts";

const OTHER = "TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA" as Address;
const started = (discriminator = 2, version = 1) =>
  getBase64Decoder().decode(
    getEscrowStartedEventEncoder().encode({
      discriminator,
      version,
      escrow: OTHER,
      nonce: 3n,
      jobId: new Uint8Array(16).fill(4),
    }),
  );
const invoke = (program: Address, ...lines: string[]) => [
  `Program ${program} invoke [1]`,
  ...lines,
  `Program ${program} success`,
];

test("only what our program wrote itself is its event", () => {
  const data = `Program data: ${started()}`;
  expect(decodeProgramEvents(invoke(JOB_ESCROW_PROGRAM_ADDRESS, data))).toMatchObject([
    { name: "EscrowStarted", index: 0, data: { nonce: 3n, escrow: OTHER } },
  ]);
  expect(decodeProgramEvents(invoke(OTHER, data))).toEqual([]);
  expect(decodeProgramEvents([data])).toEqual([]);
  // Another program that we call writes the same bytes; then we write ours; then it is its caller's turn again.
  const nested = [
    `Program ${OTHER} invoke [1]`,
    ...invoke(JOB_ESCROW_PROGRAM_ADDRESS, ...invoke(OTHER, data), data),
    data,
    `Program ${OTHER} failed: custom program error: 0x1`,
  ];
  expect(decodeProgramEvents(nested)).toHaveLength(1);
});

test("text that a program logs cannot pass for the runtime's own lines", () => {
  const lines = invoke(
    OTHER,
    `Program log: Program ${JOB_ESCROW_PROGRAM_ADDRESS} invoke [2]`,
    `Program data: ${started()}`,
  );
  expect(decodeProgramEvents(lines)).toEqual([]);
  expect(readLoggedData(lines)).toMatchObject([{ programAddress: OTHER }]);
});

test("behind the place where a log was cut short nothing can be told to be ours", () => {
  // Our end did not fit into the log any more, nor the other's beginning; its shorter lines do.
  const lines = [
    `Program ${JOB_ESCROW_PROGRAM_ADDRESS} invoke [1]`,
    `Program data: ${started()}`,
    "Log truncated",
    `Program data: ${started()}`,
  ];
  expect(isTruncated(lines)).toBe(true);
  expect(decodeProgramEvents(lines)).toHaveLength(1);
});

test("events and versions of the future, and data that are cut short, are left out", () => {
  const logs = [started(200), started(2, 9), started().slice(0, 16), ""].map((base64) => `Program data: ${base64}`);
  expect(decodeProgramEvents(invoke(JOB_ESCROW_PROGRAM_ADDRESS, ...logs))).toEqual([]);
});

test("what a newer program says keeps its place, so that the others keep theirs", () => {
  const logs = [started(200), started()].map((base64) => `Program data: ${base64}`);
  const events = decodeProgramEvents(invoke(JOB_ESCROW_PROGRAM_ADDRESS, ...logs));
  expect(events).toMatchObject([{ name: "EscrowStarted", index: 1 }]);
});

test("under another program address the same events are found", () => {
  const logs = invoke(OTHER, `Program data: ${started()}`);
  expect(decodeProgramEvents(logs, { jobEscrow: OTHER, nodeRegistry: OTHER, reputationManager: OTHER })).toHaveLength(
    1,
  );
});

test("what an older program logged stays readable; what it did not know yet is zero", () => {
  const event = { discriminator: 4, version: 1, outcome: EscrowOutcome.Completed, escrow: OTHER, nonce: 3n } as const;
  const amounts = { toPayer: 1n, toNode: 2n, toTreasury: 3n, fault: NodeFault.None, deposit: 0n };
  const bytes = getEscrowSettledEventEncoder().encode({ ...event, ...amounts, jobId: new Uint8Array(16).fill(4) });
  const logged = (data: Uint8Array) => `Program data: ${getBase64Decoder().decode(data)}`;
  const old = new Uint8Array(bytes).slice(0, -9);
  expect(decodeProgramEvents(invoke(JOB_ESCROW_PROGRAM_ADDRESS, logged(old)))).toMatchObject([
    { name: "EscrowSettled", data: { version: 1, nonce: 3n, ...amounts } },
  ]);
  // Neither version passes for the other.
  const mixed = [logged(new Uint8Array(bytes)), logged(old.with(1, 2))];
  expect(decodeProgramEvents(invoke(JOB_ESCROW_PROGRAM_ADDRESS, ...mixed))).toEqual([]);
});
