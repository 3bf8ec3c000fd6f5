import type { JobVerdict, ReplayVerdict } from "@cyxwiz/engine";
import { describeDifference } from "@cyxwiz/training";

/** An epoch that was replayed, and what differs. */
export function describeReplay({ epoch, from, holds, differences }: ReplayVerdict): string {
  const lines = [
    `  epoch ${epoch}, replayed from ${from === 0 ? "the start" : `epoch ${from}`}: ${holds ? "yes" : "no"}`,
  ];
  for (const line of differences.flatMap(describeDifference)) lines.push(`    ${line}`);
  return lines.join("\n");
}

const WHAT_NOW = "As long as its escrow is not paid out, `cyxwiz job dispute` has it decided that its node has lost.";

/** What was found of a job as a whole. */
export function describeVerdict({ jobId, holds, epochs, problems, replayed, audit }: JobVerdict): string {
  const lines = problems.map((problem) => `  ${problem}`);
  if (audit && problems.length === 0) lines.push(`  ${describeAudit(audit)}`);
  const good = replayed.filter((each) => each.holds).length;
  const what = `its commitments are those on chain, and ${good} of ${epochs} epochs were replayed to the same bits`;
  lines.push(holds ? `Job ${jobId} holds: ${what}.` : `Job ${jobId} does not hold. ${WHAT_NOW}`);
  return lines.join("\n");
}

function describeAudit({ state, epochs, judge }: NonNullable<JobVerdict["audit"]>): string {
  const which = `${epochs.length === 1 ? "epoch" : "epochs"} ${epochs.join(", ")}`;
  if (state === "not drawn") return "no audit: the lots did not fall on it";
  if (state === "open") return `${which} drawn for an audit, which is open`;
  return `${which} drawn for an audit: ${state}, by the word of ${judge}`;
}
