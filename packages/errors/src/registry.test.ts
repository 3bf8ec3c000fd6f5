import { expect, test } from "vitest";
import { CyxwizError, ERRORS, isCyxwizError } from "./index.ts";

test("no two errors share a number", () => {
  const numbers = Object.values(ERRORS).map((definition) => definition.number);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test("an error carries code, number, status, message and cause", () => {
  const cause = new Error("root");
  const error = new CyxwizError("JOB_NOT_FOUND", { jobId: "j1" }, { cause });
  expect(error).toMatchObject({ code: "JOB_NOT_FOUND", number: 5001, status: "NOT_FOUND", cause });
  expect(error.message).toContain("j1");
  expect(isCyxwizError(error, "JOB_NOT_FOUND")).toBe(true);
  expect(isCyxwizError(error, "INTERNAL")).toBe(false);
  expect(isCyxwizError(cause)).toBe(false);
});

test("a context of the wrong type does not compile", () => {
  // @ts-expect-error jobId is missing
  expect(new CyxwizError("JOB_NOT_FOUND", {}).message).toContain("undefined");
});
