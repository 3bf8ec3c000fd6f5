import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { customErrorCode, explainProgramError, explainTransactionError } from "./program-error.ts";

test("every error of every IDL has a name and a reason, and no number is used twice", async () => {
  const codes = new Set<number>();
  for (const idl of ["job_escrow", "node_registry", "reputation_manager"]) {
    const url = new URL(`../../../programs/idl/${idl}.json`, import.meta.url);
    const { program } = JSON.parse(await readFile(url, "utf8")) as {
      program: { errors: { code: number; message: string }[] };
    };
    expect(program.errors.length).toBeGreaterThan(10);
    for (const { code, message } of program.errors) {
      expect(codes.has(code)).toBe(false);
      codes.add(code);
      expect(explainProgramError(code)).toMatchObject({ code, reason: message, program: idl.replace("_", "-") });
    }
  }
});

test("reads what an RPC gives as a transaction's error", () => {
  expect(explainTransactionError({ InstructionError: [2, { Custom: 6020 }] })).toEqual({
    program: "job-escrow",
    code: 6020,
    name: "ILLEGAL_STATE",
    reason: "This is not possible in the escrow's present state",
  });
  expect(customErrorCode({ InstructionError: [0n, { Custom: 1n }] })).toBe(1);
  for (const other of [null, "BlockhashNotFound", { InstructionError: [0, "InvalidAccountData"] }, { Custom: 6020 }]) {
    expect(explainTransactionError(other)).toBeUndefined();
  }
});
