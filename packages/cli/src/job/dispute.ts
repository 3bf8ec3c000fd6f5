import type { DisputeEvent, DisputeResult } from "@cyxwiz/engine";
import { Command } from "commander";
import { z } from "zod";
import { checkedOption } from "../options/checked-option.ts";
import { withEngine } from "../options/with-engine.ts";
import { EndsWith, EXIT } from "../output/exit-code.ts";
import { jobArgument } from "./job-argument.ts";

interface DisputeFlags {
  readonly jobFile?: string;
}

export function disputeJobCommand(): Command {
  const command = new Command("dispute")
    .description("train a job again, and where its node has done something else, have it decided that it has lost")
    .addArgument(jobArgument())
    .addOption(
      checkedOption("--job-file <JOB.json>", "take model and data from here (default: from the node, checked)", {
        schema: z.string().min(1),
      }),
    );
  return withEngine<DisputeFlags, [jobId: string]>(command, async ({ engine, output, signal }, flags, jobId) => {
    const { loadJobFile } = await import("@cyxwiz/engine");
    const own = flags.jobFile === undefined ? undefined : await loadJobFile(flags.jobFile, { signal });
    const result = await engine.dispute(jobId, {
      ...(own && { own }),
      signal,
      onEvent: (event) => output.tell(describeEvent(event), { ...event, event: event.type, ...hexOf(event) }),
    });
    const { kind, ...rest } = result;
    output.tell(describeResult(jobId, result), { event: kind, jobId, ...rest, ...hexOf(result) });
    if (result.kind === "decided" && !result.won) throw new EndsWith(EXIT.failure);
  });
}

function describeEvent(event: DisputeEvent): string {
  switch (event.type) {
    case "trained":
      return `  epoch ${event.epoch}: ${event.isSame ? "the same" : "something else"}`;
    case "opened":
      return `opened: the chains differ at position ${event.position}\n  evidence ${toHex(event.evidence)}`;
    case "round":
      return `  round ${event.round}: at ${event.position} ${event.agrees ? "the same" : "something else"}`;
    case "parted":
      return `  they part at ${event.epoch}; the referee trains that again`;
  }
}

function describeResult(jobId: string, result: DisputeResult): string {
  if (result.kind === "nothing differs")
    return `Job ${jobId}: its node has trained what was agreed; nothing to dispute.`;
  const { won, reason, epoch, transcript, signer } = result;
  const why = reason === "replay" ? `at ${epoch}, by training it again` : `by ${reason}`;
  const next = won
    ? "Your tokens come back when the time for evidence and for an appeal is over."
    : "Its node is paid when the time for evidence and for an appeal is over.";
  return `${won ? "Won" : "Lost"} ${why}. ${next}\n  transcript ${toHex(transcript)}, verdict signed by ${signer}`;
}

function hexOf(value: DisputeEvent | DisputeResult): Readonly<Record<string, string>> {
  if ("evidence" in value) return { evidence: toHex(value.evidence) };
  return "transcript" in value ? { transcript: toHex(value.transcript) } : {};
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
