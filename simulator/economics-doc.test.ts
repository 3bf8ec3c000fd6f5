import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { fillIn, tablesIn } from "./report/document.ts";
import { SECTIONS } from "./report/sections.ts";
import { DEFAULT_RULES } from "./rules.ts";

const document = readFileSync(new URL("../docs/economics.md", import.meta.url), "utf8");

test("docs/economics.md has every table, as the simulator prints it (npm run simulate -- --write)", () => {
  expect(tablesIn(document).sort()).toEqual(Object.keys(SECTIONS).sort());
  expect(document).toBe(fillIn(document, DEFAULT_RULES));
});

test("another rule changes the document, and a mark without a table is an error", () => {
  const audit = { ...DEFAULT_RULES.audit, auditRateBps: 5_999 };
  expect(fillIn(document, { ...DEFAULT_RULES, audit })).not.toBe(document);
  expect(() => fillIn("<!-- simulate: nothing -->\n<!-- end -->", DEFAULT_RULES)).toThrow("nothing");
});
