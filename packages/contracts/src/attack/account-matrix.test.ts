import { afterAll, describe, expect, test } from "vitest";
import { expectedOf, isWrong, nameOf, staleExpectations } from "./testing/expectations.ts";
import { INSTRUCTIONS } from "./testing/idl.ts";
import { type Case, runMatrix } from "./testing/matrix.ts";
import { matrixTable } from "./testing/report.ts";
import { scenariosOf } from "./testing/scenarios.ts";

const tried: Case[] = [];
afterAll(() => console.log(matrixTable(tried)));

describe("every account of every instruction, exchanged for everything it could be mistaken for", () => {
  test.each(INSTRUCTIONS.map((instruction) => [`${instruction.program}.${instruction.name}`, instruction] as const))(
    "%s",
    async (name, instruction) => {
      const variants = scenariosOf(instruction);
      expect(variants, `${name} has no scenario in which it succeeds`).not.toEqual([]);
      const wrong: string[] = [];
      for (const [variant, open] of variants) {
        const cases = await runMatrix(instruction, variant, await open());
        tried.push(...cases);
        for (const one of cases) {
          const expected = expectedOf(one);
          if (!expected.includes(one.verdict)) wrong.push(`${nameOf(one)}: ${one.verdict}, not ${expected.join(", ")}`);
          else if (isWrong(one)) wrong.push(`${nameOf(one)}: refused, but an account changed`);
        }
      }
      expect(wrong).toEqual([]);
    },
  );

  test("no expectation is about nothing", () => {
    expect(staleExpectations(tried)).toEqual([]);
  });
});
