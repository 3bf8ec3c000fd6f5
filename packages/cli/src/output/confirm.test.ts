import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { confirm } from "./confirm.ts";

/** Asks somebody who types this, and then perhaps leaves. */
async function ask(typed: string, { leaves = false, isTTY = true, signal = new AbortController().signal } = {}) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const asked = confirm("Sell the house?", { yes: false, signal, input, output: new PassThrough() });
  input.write(typed);
  if (leaves) input.end();
  return asked.then(
    () => "agreed",
    ({ code }: { code: string }) => code,
  );
}

test("only a yes agrees; whoever says no, leaves, or interrupts, has not", async () => {
  expect(await ask("y\n")).toBe("agreed");
  expect(await ask("Yes\n")).toBe("agreed");
  for (const no of ["n\n", "\n", "yesterday\n"]) expect(await ask(no)).toBe("ABORTED");
  expect(await ask("", { leaves: true })).toBe("ABORTED");
  expect(await ask("", { signal: AbortSignal.abort() })).toBe("ABORTED");
  expect(await ask("", { isTTY: false })).toBe("CONFIG_INVALID");
});
