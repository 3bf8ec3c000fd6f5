import { Fields, invalid, show } from "../spec/fields.ts";
import { inferShapes, size } from "../spec/infer-shapes.ts";
import { SPEC_LIMITS } from "../spec/limits.ts";
import { parseTrainingSpec } from "../spec/parse-spec.ts";
import type { JobSettings } from "../spec/parse-training.ts";
import type { TrainingSpec } from "../spec/types.ts";
import { translateGraph } from "./graph.ts";
import { trainingFromHyperparameters } from "./hyperparameters.ts";
import { type LegacyModel, translateArchitecture, translateMlp } from "./mlp.ts";
import { fromText } from "./text-values.ts";

/** What a job says beside its model. Absent, or 0 for `batchSize` and `epochs`, means "not said". */
export interface JobModelSettings extends JobSettings {
  readonly hyperparameters?: Readonly<Record<string, string>>;
}

/**
 * Reads `JobConfig.model_definition`, whichever of its shapes it has: our own `{model, training}`, the node editor's
 * graph, `{type: "mlp"}` or `{architecture: "MLP"}`.
 *
 * @throws CyxwizError `MODEL_INVALID` naming what is wrong and where.
 */
export function parseModelDefinition(text: string, settings: JobModelSettings = {}): TrainingSpec {
  const json = parseJson(text);
  return Object.hasOwn(json, "model") || Object.hasOwn(json, "training")
    ? parseOwn(json, settings)
    : translate(json, settings);
}

/**
 * Translates one of the three shapes that existing engines send into a training spec.
 *
 * @throws CyxwizError `MODEL_INVALID`
 */
export function translateLegacyModel(text: string, settings: JobModelSettings = {}): TrainingSpec {
  return translate(parseJson(text), settings);
}

function translate(json: object, settings: JobModelSettings): TrainingSpec {
  const { hyperparameters = {} } = settings;
  let legacy: LegacyModel & { readonly hyperparameters?: Record<string, unknown> };
  if (Object.hasOwn(json, "nodes")) legacy = translateGraph(json);
  else if (Object.hasOwn(json, "type")) legacy = translateMlp(json);
  else if (Object.hasOwn(json, "architecture")) legacy = translateArchitecture(json);
  else {
    const problem = "unknown shape: expected {model, training}, {nodes, links}, {type: mlp} or {architecture: MLP}.";
    invalid("model_definition", problem);
  }
  // What the job says goes before what an optimiser node in the graph says.
  const training = trainingFromHyperparameters({ ...legacy.hyperparameters, ...hyperparameters }, legacy.loss);
  const model = { class_name: "Sequential", config: { layers: legacy.layers } };
  const spec = parseTrainingSpec({ model, training }, jobSettings(settings));
  if (Object.hasOwn(json, "nodes")) checkInFeatures(json, spec);
  return spec;
}

function parseOwn(json: object, settings: JobModelSettings): TrainingSpec {
  const spec = parseTrainingSpec(json, jobSettings(settings));
  const { optimizer } = spec.training;
  const own: Readonly<Record<string, unknown>> = { ...optimizer.config, optimizer: optimizer.class_name.toLowerCase() };
  for (const [key, value] of Object.entries(settings.hyperparameters ?? {})) {
    if (Object.hasOwn(own, key) && fromText(value) === own[key]) continue;
    invalid(`hyperparameters.${key}`, `${show(value)} contradicts the spec's own ${show(own[key])}.`);
  }
  return spec;
}

function jobSettings({ batchSize, epochs, seed }: JobModelSettings): JobSettings {
  return { ...(batchSize && { batchSize }), ...(epochs && { epochs }), ...(seed !== undefined && { seed }) };
}

/** `in_features` says again what the layer before gives; if they differ, one of them is a mistake. */
function checkInFeatures(json: object, spec: TrainingSpec): void {
  const byName = new Map(inferShapes(spec.model).layers.map((entry) => [entry.layer.config.name, entry]));
  const { nodes } = json as { nodes: { id: number; name?: unknown; parameters?: { in_features?: unknown } | null }[] };
  nodes.forEach(({ id, name, parameters }, index) => {
    const expected = fromText(parameters?.in_features);
    const entry = byName.get(`node_${id}`) ?? (typeof name === "string" ? byName.get(name) : undefined);
    if (expected === undefined || entry?.layer.class_name !== "Dense" || size(entry.input) === expected) return;
    const path = `model_definition.nodes[${index}].parameters.in_features`;
    invalid(path, `${show(expected)} was given, but the layer gets ${size(entry.input)} values.`);
  });
}

function parseJson(text: string): object {
  if (text.length > SPEC_LIMITS.specCharacters) {
    invalid("model_definition", `${text.length} characters; the limit is ${SPEC_LIMITS.specCharacters}.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    invalid("model_definition", `it is not JSON: ${(error as Error).message}`);
  }
  new Fields(json, "model_definition");
  return json as object;
}
