import { CyxwizError } from "@cyxwiz/errors";
import type { SafetensorsHeader, TensorPlace } from "./safetensors.ts";
import type { TrainingDType } from "./training-data.ts";

/** A tensor of a container that is trained on as it lies there. */
export interface PartPlace extends TensorPlace {
  readonly dtype: TrainingDType;
}

/** Where a split lies in a container. */
export interface SplitPlace {
  readonly name: "train" | "test";
  readonly samples: number;
  readonly features: PartPlace & { readonly dtype: "U8" | "F32" };
  readonly labels: PartPlace & { readonly dtype: "I32" | "F32" };
}

/** Where everything lies in a packed data set. */
export interface ContainerLayout {
  readonly train: SplitPlace;
  readonly test?: SplitPlace;
}

const NAMES = ["train.features", "train.labels", "test.features", "test.labels"];

/**
 * What a container holds, by its header alone, for those who don't read it into memory. Element types must be those that
 * `packDataset` writes.
 *
 * @throws CyxwizError `DATA_INVALID`
 */
export function layoutOf({ places }: SafetensorsHeader, source: string): ContainerLayout {
  const byName = new Map(places.map((place) => [place.name, place]));
  for (const name of byName.keys()) {
    if (!NAMES.includes(name)) fail(source, `unknown tensor "${name}". Known: ${NAMES.join(", ")}.`);
  }
  const train = splitOf(byName, "train", source);
  if (!byName.has("test.features") && !byName.has("test.labels")) return { train };
  const test = splitOf(byName, "test", source);
  if (String(test.features.shape.slice(1)) !== String(train.features.shape.slice(1))) {
    const shapes = `[${test.features.shape.slice(1)}], those of train [${train.features.shape.slice(1)}]`;
    fail("test.features", `its samples have the shape ${shapes}.`);
  }
  return { train, test };
}

function splitOf(places: ReadonlyMap<string, TensorPlace>, name: "train" | "test", source: string): SplitPlace {
  const part = <T extends TrainingDType>(key: string, types: readonly T[]): PartPlace & { readonly dtype: T } => {
    const place = places.get(`${name}.${key}`) ?? fail(source, `tensor "${name}.${key}" is missing.`);
    const { dtype, shape } = place;
    if (!types.some((type) => type === dtype)) {
      const packed = `it is ${dtype}; read from a file it must be ${types.join(" or ")}, as packing makes it.`;
      fail(place.name, packed);
    }
    if (shape.length === 0) fail(place.name, "it is a single number; one row per sample was expected.");
    if (shape.includes(0)) fail(place.name, "it is empty.");
    return { ...place, dtype: dtype as T };
  };
  const features = part("features", ["U8", "F32"]);
  const labels = part("labels", ["I32", "F32"]);
  if (labels.shape.length > 2) {
    fail(labels.name, `labels have the shape [${labels.shape}]; one number per sample, or one row, was expected.`);
  }
  const samples = features.shape[0] as number;
  const rows = labels.shape[0] as number;
  if (rows !== samples) fail(labels.name, `${rows} rows, but ${name}.features has ${samples}.`);
  const isColumn = labels.dtype === "I32" && labels.shape[1] === 1;
  return { name, samples, features, labels: isColumn ? { ...labels, shape: [samples] } : labels };
}

function fail(source: string, problem: string): never {
  throw new CyxwizError("DATA_INVALID", { source, problem });
}
