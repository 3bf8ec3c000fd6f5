import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { demoDirectory, removeDemo, startDemo } from "../testing/demo.ts";
import { processesOf } from "../testing/processes-of.ts";

let directory: string;
beforeEach(async () => {
  directory = await demoDirectory();
});
afterEach(() => removeDemo(directory));

test("the demo pays to the base unit, keeps the weights, and leaves no process", { timeout: 90_000 }, async () => {
  const demo = await startDemo(directory, 2);
  const [lines, shownText] = [text(demo.stdout as never), text(demo.stderr as never)];
  const [code] = (await once(demo, "close")) as [number];
  expect(`${code} ${await shownText}`).toMatch(/^0 /);
  const report = JSON.parse((await lines).trim()) as {
    event: string;
    discrepancies: unknown[];
    before: Record<string, string>;
    after: Record<string, string>;
    result: { weightsPath: string; receipt: { amount: string; paymentSignature: string } };
  };
  expect(report).toMatchObject({ event: "result", discrepancies: [] });
  const gained = (holder: string) => BigInt(report.after[holder] ?? 0) - BigInt(report.before[holder] ?? 0);
  const amount = BigInt(report.result.receipt.amount);
  expect(gained("node")).toBe((amount * 9_000n) / 10_000n);
  expect(gained("platform")).toBe((amount * 1_000n) / 10_000n);
  expect(gained("payer")).toBe(-gained("node") - gained("platform"));
  expect(amount).toBeGreaterThan(0n);
  const weights = await readFile(report.result.weightsPath);
  expect(Number(weights.readBigUInt64LE(0))).toBeLessThan(weights.length);
  const textOfDemo = await shownText;
  expect(textOfDemo).toContain(report.result.receipt.paymentSignature);
  expect(await processesOf(directory)).toEqual([]);
});
