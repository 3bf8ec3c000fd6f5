import { DrizzleQueryError } from "drizzle-orm";
import { expect, test } from "vitest";
import { describeError } from "./create-log.ts";

test("a failed query is logged without its parameters", () => {
  const error = new DrizzleQueryError("insert into jobs values ($1)", ["a secret\nof two lines"], new Error("no disk"));
  const text = JSON.stringify(describeError(error));
  expect(text).toContain("insert into jobs");
  expect(text).toContain("no disk");
  expect(text).not.toContain("secret");
  expect(text).not.toContain("two lines");
});
