import type { CentralOptions } from "@cyxwiz/central";
import type { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "./checked-option.ts";
import { amount, positiveInteger } from "./schemas.ts";

/** What an operator says about audits. */
export interface AuditFlags {
  readonly audits: boolean;
  readonly auditRateBps: number;
  readonly auditAlwaysFrom: bigint;
  readonly auditSegments: number;
  readonly auditWindowSeconds: number;
  readonly auditRecheckBps: number;
}

const TOKEN = 10n ** 9n;
const bps = z.coerce.number("expected a whole number").int("expected a whole number").min(0).max(10_000);

/** Adds what decides which finished jobs are audited, and how; docs/economics.md shows what other values are worth. */
export function addAuditOptions(command: Command): Command {
  return command
    .option("--no-audits", "believe all proofs: for markets of one's own nodes alone")
    .addOption(checkedOption("--audit-rate-bps <n>", "of 10,000 jobs, audited", { schema: bps, default: 6_000 }))
    .addOption(
      checkedOption("--audit-always-from <CYXWIZ>", "audited always, and by Central, from this price on", {
        schema: amount,
        default: 1_000n * TOKEN,
        defaultText: "1000",
      }),
    )
    .addOption(
      checkedOption("--audit-segments <n>", "epochs replayed of each", {
        schema: positiveInteger.max(1_000),
        default: 2,
      }),
    )
    .addOption(
      checkedOption("--audit-window-seconds <s>", "to show what it takes, and for a node's verdict", {
        schema: positiveInteger.max(28_800),
        default: 3_600,
      }),
    )
    .addOption(
      checkedOption("--audit-recheck-bps <n>", "of 10,000 verdicts that found nothing, looked into by Central", {
        schema: bps,
        default: 1_000,
      }),
    );
}

/** What Central takes of it. */
export function auditSettings(flags: AuditFlags): Partial<CentralOptions> {
  const { audits, auditRateBps, auditAlwaysFrom, auditSegments, auditWindowSeconds, auditRecheckBps } = flags;
  return { audits, auditRateBps, auditAlwaysFrom, auditSegments, auditWindowSeconds, auditRecheckBps };
}
