import type { Argument } from "commander";
import { z } from "zod";
import { checkedArgument } from "../options/checked-option.ts";

const jobId = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "expected a job's id; `cyxwiz job list` has them");

/** The job that a command is about. */
export function jobArgument(): Argument {
  return checkedArgument("<job>", "the job's id", { schema: jobId });
}
