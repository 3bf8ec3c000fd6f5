import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));

test("clients generated from the published protocol still work: nothing on the wire has changed", () => {
  const buf = fileURLToPath(new URL("../../../node_modules/.bin/buf", import.meta.url));
  const output = execFileSync(buf, ["breaking", "--against", "proto/published.binpb"], { cwd: root, encoding: "utf8" });
  expect(output).toBe("");
});
