import { z } from "zod";

const format = z.enum(["idx", "csv", "npy", "safetensors"]);
const path = z.string().min(1).max(4096);
const shape = z.array(z.int().min(1)).min(1).max(3);
/** Tokens in a sample. */
const steps = z.int().min(1).max(65_536);
const csvFields = {
  /** Column of the label, by name or by number from 0; negative counts from the end. Default: the last. */
  label: z.union([z.string(), z.int()]).optional(),
  header: z.boolean().optional(),
};

/** One tensor: a path, or a path with how to read it. */
const part = z.union([
  path,
  z.strictObject({
    path,
    /** Default: by the file's name, else by its first bytes. */
    format: format.optional(),
    /** Name of the tensor in a safetensors file. */
    tensor: z.string().min(1).optional(),
    header: z.boolean().optional(),
  }),
]);

/** One split: features and labels apart, one file that holds both, or texts. */
const split = z.union([
  z.strictObject({ features: part, labels: part }),
  z.strictObject({
    path,
    format: z.enum(["csv", "safetensors"]).optional(),
    shape: shape.optional(),
    ...csvFields,
  }),
  /** A text in windows, each byte a token and the next one its label. */
  z.strictObject({
    path,
    format: z.literal("text"),
    steps,
    /** From one window to the next. Default: `steps`. */
    stride: steps.optional(),
  }),
  /** A text for each class, a sample in each line. */
  z.strictObject({ classes: z.array(path).min(2).max(1000), steps }),
]);

/** The `data` part of a job file. */
export const dataSpecSchema = z.union([
  /** One container with all splits, as it goes over the wire. */
  z.strictObject({
    path,
    format: z.literal("container").optional(),
    /** Whether it stays in its file and is streamed to the node. Default: when it is large. */
    stream: z.boolean().optional(),
  }),
  /** The same somewhere on the web, from where the node fetches it. */
  z.strictObject({
    uri: z
      .string()
      .regex(/^https?:\/\//i, "must be an http(s) URL")
      .max(4096),
    /** Of its bytes, hex. */
    sha256: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 lower-case hex digits"),
    samples: z.int().min(1),
    /** Default: no test set. */
    test_samples: z.int().min(0).optional(),
  }),
  z.strictObject({ train: split, test: split.optional() }),
]);

export type DataSpec = z.infer<typeof dataSpecSchema>;
export type SplitSpec = z.infer<typeof split>;
export type PartSpec = z.infer<typeof part>;
export type DataFormat = z.infer<typeof format>;
