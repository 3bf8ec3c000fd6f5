import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { BASE_UNITS_PER_CYXWIZ } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { parseTrainingSpec, type TrainingSpec } from "@cyxwiz/training";
import { parseDataSpec } from "@cyxwiz/training/node";
import { z } from "zod";
import { openData } from "../data/open-data.ts";
import type { JobRequest, Priority } from "./job-request.ts";

const fileSchema = z.strictObject({
  /** For people and editors; ignored. */
  name: z.string().optional(),
  $schema: z.string().optional(),
  description: z.string().optional(),
  model: z.unknown(),
  training: z.unknown(),
  data: z.unknown(),
  priority: z.enum(["low", "normal", "high", "critical"]).optional(),
  /** CYXWIZ, as text so that no digit is lost. */
  max_cost: z
    .string()
    .regex(/^\d{1,10}(\.\d{1,9})?$/, 'expected tokens as text, such as "2.5"')
    .optional(),
  /** Where the weights go, relative to the job file's folder. */
  output: z.string().min(1).optional(),
});

/** What a job file says, checked as far as that is possible without reading its data. */
export interface JobFile {
  readonly spec: TrainingSpec;
  /** See `openData`. */
  readonly data: unknown;
  readonly priority: Priority | undefined;
  readonly maxCost: bigint | undefined;
  readonly output: string | undefined;
}

/**
 * Reads the text of a job file (see `docs/job-format.md`).
 *
 * @param source the file's name, for messages
 * @throws CyxwizError `CONFIG_INVALID` for the file, `MODEL_INVALID` for its model and training.
 */
export function parseJobFile(text: string, source: string): JobFile {
  const parsed = fileSchema.safeParse(parseJson(text, source));
  if (!parsed.success) {
    const problem = parsed.error.issues.map(
      ({ path, message }) =>
        `${path.join(".") || "the file"}: ${message.endsWith("received undefined") ? "it is missing" : message}`,
    );
    throw new CyxwizError("CONFIG_INVALID", { source, problem: problem.join("; ") });
  }
  const { model, training, data, priority, max_cost, output } = parsed.data;
  parseDataSpec(data);
  return {
    spec: parseTrainingSpec({ model, training }),
    data,
    priority,
    maxCost: max_cost === undefined ? undefined : parseTokens(max_cost),
    output,
  };
}

/**
 * Reads a job file and its data: all that `engine.submit` needs.
 *
 * @param overrides what takes precedence over the file.
 * @throws CyxwizError `CONFIG_INVALID`, `MODEL_INVALID`, `DATA_INVALID`, `ABORTED`.
 */
export async function loadJobFile(
  path: string,
  overrides: { readonly output?: string; readonly maxCost?: bigint; readonly signal?: AbortSignal } = {},
): Promise<JobRequest> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const problem = cause.code === "ENOENT" ? "there is no such file" : cause.message;
    throw new CyxwizError("CONFIG_INVALID", { source: path, problem }, { cause });
  });
  const file = parseJobFile(text, path);
  const folder = dirname(resolve(path));
  const { signal } = overrides;
  const { spec } = file;
  const dataset = await openData(file.data, { baseDir: folder, spec, ...(signal && { signal }) });
  const output = overrides.output ?? (file.output === undefined ? undefined : resolve(folder, file.output));
  const maxCost = overrides.maxCost ?? file.maxCost;
  return {
    spec,
    dataset,
    output: resolve(output ?? "weights.safetensors"),
    ...(maxCost === undefined ? {} : { maxCost }),
    ...(file.priority === undefined ? {} : { priority: file.priority }),
  };
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = `it is not JSON: ${(cause as Error).message}`;
    throw new CyxwizError("CONFIG_INVALID", { source, problem }, { cause });
  }
}

function parseTokens(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * BASE_UNITS_PER_CYXWIZ + BigInt(fraction.padEnd(9, "0"));
}
