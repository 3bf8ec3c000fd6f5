import { describe, expect, test } from "vitest";
import { Arena, describeFindings } from "./campaign.ts";
import type { Rule } from "./model/case.ts";
import { timeoutRule, timesOutAt } from "./model/escrow-payment.ts";
import { RULES, type Rules } from "./model/rules.ts";
import { State } from "./model/state.ts";

const SEED = 7;

/** Errors that a reader of the rules could make, each planted into the model alone. */
const planted: Readonly<Record<string, { rules: Rules; shows: RegExp; atMost: number }>> = {
  "a proven job needs no grace": {
    rules: withRule(
      "timeoutRefund",
      timeoutRule((escrow) => (escrow.state === State.Proven ? escrow.deadline : timesOutAt(escrow))),
    ),
    shows: /timeoutRefund.*✗ escrow\.deadlineNotPassed$/,
    atMost: 12,
  },
  "anybody may cancel": {
    rules: withRule("cancelEscrow", (given) => {
      const effect = RULES.escrow.cancelEscrow(given);
      given.refusals.delete("escrow.wrongSigner");
      return effect;
    }),
    shows: /cancelEscrow.*✗ escrow\.wrongSigner$/,
    atMost: 4,
  },
  "a new job starts with what the last one ended with": {
    rules: withRule("createEscrow", (given) => {
      const outcome = given.escrowIn()?.outcome;
      const effect = RULES.escrow.createEscrow(given);
      return effect === undefined || outcome === undefined
        ? effect
        : () => {
            effect();
            Object.assign(given.escrowIn() ?? {}, { outcome });
          };
    }),
    shows: /createEscrow/,
    atMost: 6,
  },
};

function withRule(name: keyof typeof RULES.escrow, rule: Rule): Rules {
  return { ...RULES, escrow: { ...RULES.escrow, [name]: rule } };
}

describe("an error in the model is found and shown by a short sequence", () => {
  test.each(Object.keys(planted))("%s", { timeout: 180_000 }, async (name) => {
    const { rules, shows, atMost } = planted[name]!;
    const findings = await (await Arena.open()).campaign({ seed: SEED, steps: 20_000, rules });
    const { failure } = findings;
    expect(failure).toBeDefined();
    expect(failure?.story.at(-1)).toMatch(shows);
    const shortest = failure?.story.filter((line) => !line.startsWith("—")) ?? [];
    expect(shortest.length, describeFindings({ seed: SEED }, findings)).toBeLessThanOrEqual(atMost);
    expect(describeFindings({ seed: SEED }, findings)).toContain(`seed ${SEED}`);
  });
});
