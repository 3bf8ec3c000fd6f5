import { describe, expect, test } from "vitest";
import { INSTRUCTIONS } from "./testing/idl.ts";
import { scenariosOf } from "./testing/scenarios.ts";
import { Snapshot } from "./testing/snapshot.ts";
import { run, trustSigners, type Verdict } from "./testing/verdict.ts";

/** Of lists at the end of the data a shorter one is well-formed, and wrong in another way. */
const SHORTER_LISTS: Readonly<Record<string, readonly Verdict[]>> = {
  completePayment: ["jobEscrow.invalidInclusion"],
  recordOutcomes: ["reputationManager.batchEmpty", "reputationManager.batchMalformed"],
};

describe("an instruction with too few accounts or with other data than its own is refused, and does nothing", () => {
  test.each(INSTRUCTIONS.map((instruction) => [`${instruction.program}.${instruction.name}`, instruction] as const))(
    "%s",
    async (name, instruction) => {
      const [first] = scenariosOf(instruction);
      if (!first) throw new Error(`${name} has no scenario in which it succeeds`);
      const { chain, instruction: valid } = await first[1]();
      const { accounts = [], data = new Uint8Array() } = valid;
      trustSigners(chain);
      const feePayer = (await chain.wallet()).address;
      const before = new Snapshot(chain, valid, feePayer);
      for (let count = 0; count < accounts.length; count++) {
        const fewer = { ...valid, accounts: accounts.slice(0, count) };
        expect(run(chain, feePayer, fewer), `${count} accounts`).toBe("NotEnoughAccountKeys");
      }
      const lengths = Array.from({ length: data.length + 2 }, (_, length) => length);
      for (const length of lengths.filter((length) => length !== data.length)) {
        const other = { ...valid, data: Uint8Array.from({ length }, (_, at) => data[at] ?? 0) };
        const expected = ["InvalidInstructionData", ...(SHORTER_LISTS[instruction.name] ?? [])];
        expect(expected, `${length} bytes`).toContain(run(chain, feePayer, other));
      }
      // Numbers that no instruction has.
      for (const number of [28, 64, 200, 255]) {
        const other = { ...valid, data: new Uint8Array(data).with(0, number) };
        expect(run(chain, feePayer, other), `number ${number}`).toBe("InvalidInstructionData");
      }
      expect(before.changed).toEqual([]);
      // What follows the accounts that an instruction names is nobody's business, not even if it is more than a program
      // makes room for.
      const others = Array.from({ length: 20 }, () => ({ address: feePayer, role: 0 as const }));
      expect(run(chain, feePayer, { ...valid, accounts: [...accounts, ...others] })).toBe("ok");
    },
  );
});
