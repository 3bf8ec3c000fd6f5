import { expect, test } from "vitest";
import { alignColumns } from "./table.ts";

test("columns line up, the first to the left and the others to the right", () => {
  expect(
    alignColumns([
      ["payer", "1,000.00", "-1.25"],
      ["treasury", "0.00", "+0.125"],
    ]),
  ).toEqual(["  payer      1,000.00    -1.25", "  treasury       0.00   +0.125"]);
});
