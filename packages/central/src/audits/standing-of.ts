import type { StoredVerdict } from "../database/schema/index.ts";

/** What its verdict was worth: what was not shown to an auditor was not its to judge. */
export type Standing = "right" | "not shown" | "false";

/** How the verdict of a job's first auditor stands beside the one that counts. */
export function standingOf(verdicts: readonly StoredVerdict[]): Standing {
  const [own, final] = [verdicts[0], verdicts.at(-1)];
  if ((own?.outcome === "HOLDS") === (final?.outcome === "HOLDS")) return "right";
  return own?.outcome === "WITHHELD" ? "not shown" : "false";
}
