import { Fields, invalid, show } from "../spec/fields.ts";
import { layerChain } from "./layer-chain.ts";
import type { LegacyModel } from "./mlp.ts";
import { isDataNode, LAYER_NODES, LOSS_NODES, NODE_TYPES, OPTIMIZER_NODES } from "./node-types.ts";
import { fromText, shapeFromText } from "./text-values.ts";

export interface GraphNode {
  readonly id: number;
  readonly type: number;
  /** The type's name, e.g. `Dense`. */
  readonly kind: string;
  readonly name: string;
  readonly path: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Limits on what is read; far above what the layers' own limit allows. */
const MAX_NODES = 1000;

/**
 * Translates the node editor's graph, which must be a chain of layers once data, loss and optimiser are set apart.
 *
 * @returns the model and what an optimiser node says, in terms of hyperparameters.
 * @throws CyxwizError `MODEL_INVALID` naming node, type or parameter.
 */
export function translateGraph(json: unknown): LegacyModel & { readonly hyperparameters: Record<string, unknown> } {
  const fields = new Fields(json, "model_definition");
  const nodes = list(fields, "nodes").map((entry, index) => readNode(entry, `${fields.at("nodes")}[${index}]`));
  if (new Set(nodes.map(({ id }) => id)).size !== nodes.length)
    invalid(fields.at("nodes"), "two nodes have the same id.");
  const links = list(fields, "links").map((entry, index) => {
    const link = new Fields(entry, `${fields.at("links")}[${index}]`);
    return { from: link.integer("from_node", {}), to: link.integer("to_node", {}), path: link.path };
  });

  const chain = layerChain(nodes, links);
  const loss = single(nodes, (kind) => kind in LOSS_NODES, "losses");
  const layers = chain.filter(({ kind }) => kind !== "Output" && kind !== "Identity");
  if (loss?.kind === "CrossEntropyLoss" && layers.at(-1)?.kind === "Softmax") layers.pop();
  if (layers.length === 0) invalid(fields.at("nodes"), "there is no layer among the nodes.");
  const names = new Set<string>();
  const translated = layers.map((node) => translateLayer(node, names));
  const units = layers.findLast(({ kind }) => kind === "Dense")?.parameters.units;
  return {
    layers: [
      { class_name: "InputLayer", config: { batch_shape: [null, ...inputShape(nodes, layers)] } },
      ...translated,
    ],
    loss: loss ? (LOSS_NODES[loss.kind] as string) : defaultLoss(units),
    hyperparameters: optimizer(single(nodes, (kind) => kind in OPTIMIZER_NODES, "optimisers")),
  };
}

function defaultLoss(units: unknown): string {
  return units === 1 ? "mean_squared_error" : "sparse_categorical_crossentropy";
}

function readNode(json: unknown, path: string): GraphNode {
  const fields = new Fields(json, path);
  const id = fields.integer("id", {});
  const type = fields.integer("type", {});
  const kind =
    NODE_TYPES[type] ?? invalid(fields.at("type"), `unknown type ${type}; known are 0 to ${NODE_TYPES.length - 1}.`);
  const name = fields.raw("name");
  const trainable =
    kind in LAYER_NODES || kind in LOSS_NODES || kind in OPTIMIZER_NODES || kind === "Output" || kind === "Identity";
  if (!isDataNode(type) && !trainable) {
    const known = [...Object.keys(LAYER_NODES), ...Object.keys(LOSS_NODES), ...Object.keys(OPTIMIZER_NODES)];
    invalid(fields.at("type"), `${kind} (type ${type}) cannot be trained yet. Possible: ${known.join(", ")}.`);
  }
  const raw = fields.raw("parameters");
  const own = raw === undefined || raw === null ? {} : new Fields(raw, fields.at("parameters")) && (raw as object);
  const parameters = Object.fromEntries(
    Object.entries(own).map(([key, value]) => [key, key === "input_shape" ? shapeFromText(value) : fromText(value)]),
  );
  return { id, type, kind, name: typeof name === "string" ? name : "", path, parameters };
}

function translateLayer(node: GraphNode, names: Set<string>): object {
  const { className, parameters, config: fixed } = LAYER_NODES[node.kind] as (typeof LAYER_NODES)[string];
  const config: Record<string, unknown> = { ...fixed };
  for (const [key, value] of Object.entries(node.parameters)) {
    const target = Object.hasOwn(parameters, key) ? parameters[key] : undefined;
    if (target === undefined) {
      const known = Object.keys(parameters).join(", ") || "none";
      invalid(`${node.path}.parameters.${key}`, `unknown parameter of ${node.kind}. Known here: ${known}.`);
    }
    if (target !== "") config[target] = value;
  }
  const usable = node.name !== "" && node.name.length <= 200 && !node.name.includes("/") && !names.has(node.name);
  const name = usable ? node.name : `node_${node.id}`;
  names.add(name);
  return { class_name: className, config: { ...config, name } };
}

function inputShape(nodes: readonly GraphNode[], layers: readonly GraphNode[]): readonly unknown[] {
  const given = single(nodes, (kind) => kind === "DatasetInput", "data inputs")?.parameters.input_shape;
  const features = layers[0]?.parameters.in_features;
  if (given === undefined && features === undefined) {
    const problem = "the shape of the input is nowhere given: no input_shape on a DatasetInput, no in_features.";
    invalid("model_definition.nodes", problem);
  }
  const shape = given ?? [features];
  if (!Array.isArray(shape)) invalid("model_definition.nodes", `input_shape ${show(shape)} is no list of sizes.`);
  // Images come as [channels, height, width] from these engines; our layers take the channels last.
  const [first, second, third] = shape as unknown[];
  const channelsFirst = shape.length === 3 && Number(first) <= 4 && Number(third) > 4;
  return channelsFirst ? [second, third, first] : shape;
}

function optimizer(node: GraphNode | undefined): Record<string, unknown> {
  if (node === undefined) return {};
  const names = OPTIMIZER_NODES[node.kind] as Readonly<Record<string, string>>;
  const result: Record<string, unknown> = { optimizer: node.kind.toLowerCase() };
  for (const [key, value] of Object.entries(node.parameters)) {
    const target = Object.hasOwn(names, key) ? (names[key] as string) : undefined;
    if (target === undefined) {
      const known = Object.keys(names).join(", ");
      invalid(`${node.path}.parameters.${key}`, `unknown parameter of ${node.kind}. Known here: ${known}.`);
    }
    result[target] = value;
  }
  return result;
}

function single(nodes: readonly GraphNode[], matches: (kind: string) => boolean, what: string): GraphNode | undefined {
  const [first, second] = nodes.filter(({ kind }) => matches(kind));
  if (second) invalid(second.path, `there are several ${what}; at most one is possible.`);
  return first;
}

function list(fields: Fields, key: string): readonly unknown[] {
  const value = fields.raw(key);
  if (!Array.isArray(value)) invalid(fields.at(key), `expected a list, got ${show(value)}.`);
  if (value.length > MAX_NODES) invalid(fields.at(key), `${value.length} entries; the limit is ${MAX_NODES}.`);
  return value;
}
