import { TIERS } from "@cyxwiz/central";
import type { Rules } from "../rules.ts";
import { bps, cyxwiz, table } from "./text.ts";

/** The rules that everything below is reckoned with. */
export function defaultsSection({ audit, platform, registry, costBps, hostileAuditorBps }: Rules): string {
  const { minimumBps, maximumBps } = audit.auditTimeBounds;
  const bounds = platform.stakeBounds.map((bound) => cyxwiz(bound));
  return table(
    ["rule", "value"],
    [
      ["audited of all jobs (`auditRateBps`)", bps(audit.auditRateBps)],
      ["always audited, by Central, from (`auditAlwaysFrom`)", `${cyxwiz(audit.auditAlwaysFrom)} CYXWIZ`],
      ["epochs replayed in an audit (`auditSegments`)", String(audit.auditSegments)],
      ["time to answer an audit (`auditWindowSeconds`)", `${audit.auditWindowSeconds} s`],
      ["always audited outside of (`auditTimeBounds`)", `${minimumBps / 10_000}–${maximumBps / 10_000} × the estimate`],
      ["verdicts replayed by Central (`auditRecheckBps`)", bps(audit.auditRecheckBps)],
      [
        "fee; of diamond nodes; for cancelling",
        [platform.feeBps, platform.diamondFeeBps, platform.cancelFeeBps].map(bps).join("; "),
      ],
      [
        "slashed of the stake: job failed; invalid proof",
        [registry.slashTimeoutBps, registry.slashInvalidProofBps].map(bps).join("; "),
      ],
      [
        `stake for jobs below ${bounds.join(", ")}, and above`,
        platform.stakeMinimums.map((stake) => cyxwiz(stake)).join(", "),
      ],
      [
        "largest job",
        TIERS.map(({ tier, largestJob }) => `${tier} ${tier === "diamond" ? "any" : cyxwiz(largestJob)}`).join(", "),
      ],
      ["cost of honest work, of its pay", bps(costBps)],
      ["auditors in league with the cheat", bps(hostileAuditorBps)],
    ],
  );
}
