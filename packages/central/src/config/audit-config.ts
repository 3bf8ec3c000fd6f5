import { BASE_UNITS_PER_CYXWIZ } from "@cyxwiz/contracts";
import { z } from "zod";

const bps = (fallback: number) => z.number().int().min(0).max(10_000).default(fallback);

/**
 * Which finished jobs are audited, and how. docs/economics.md reckons with these defaults and shows that no cheating
 * pays with them; `npm run simulate` does the same with others.
 */
export const auditOptions = {
  /** Of all jobs, how many are drawn for an audit, in basis points. */
  auditRateBps: bps(6_000),
  /** Jobs of so many base units and more are always audited, and by Central itself. */
  auditAlwaysFrom: z
    .bigint()
    .min(1n)
    .default(1_000n * BASE_UNITS_PER_CYXWIZ),
  /** How many different epochs of an audited job are replayed; all of a job that has fewer. */
  auditSegments: z.number().int().min(1).max(1_000).default(2),
  /**
   * How long an audited node has to show its states, and the auditor to judge; silence loses. One after the other must fit
   * into the challenge window (a day), after which a node that proved its work is paid whoever says what.
   */
  auditWindowSeconds: z.number().int().min(1).max(28_800).default(3_600),
  /** A job that takes less or more of its estimated time than this, in basis points, is audited in any case. */
  auditTimeBounds: z
    .strictObject({
      minimumBps: z.number().int().min(0).max(10_000),
      maximumBps: z.number().int().min(10_000).max(1_000_000),
    })
    .default({ minimumBps: 5_000, maximumBps: 20_000 }),
  /** Of other nodes' verdicts that found nothing, how many Central replays once more, in basis points. */
  auditRecheckBps: bps(1_000),
};

const audits = z.strictObject(auditOptions);

/** What decides which jobs are audited, and how. */
export type AuditParameters = z.output<typeof audits>;

/** The parameters of audits where a configuration names no others. */
export const AUDIT_DEFAULTS: AuditParameters = audits.parse({});
