import { isCyxwizError } from "@cyxwiz/errors";
import { expect, test } from "vitest";
import { NODE_TYPES } from "./node-types.ts";
import { type JobModelSettings, parseModelDefinition, translateLegacyModel } from "./parse-model-definition.ts";

const parse = (json: unknown, settings?: JobModelSettings) => parseModelDefinition(JSON.stringify(json), settings);
const layersOf = (json: unknown, settings?: JobModelSettings) =>
  parse(json, settings).model.config.layers.map(({ class_name, config }) => {
    const { name: _, ...rest } = config as { name: string };
    return [class_name, rest] as const;
  });

interface Node {
  id: number;
  type: number;
  name?: string;
  parameters?: Record<string, unknown>;
}
const node = (id: number, kind: string, parameters?: Record<string, unknown>): Node => ({
  id,
  type: NODE_TYPES.indexOf(kind),
  name: kind,
  ...(parameters && { parameters }),
});
const chain = (...nodes: Node[]) => ({
  nodes,
  links: nodes.slice(1).map(({ id }, index) => ({ from_node: nodes[index]?.id, to_node: id })),
});

test("the node types have the numbers of the wire contract", () => {
  expect(NODE_TYPES).toHaveLength(85);
  const named = [
    "Dense",
    "MaxPool2D",
    "Dropout",
    "ReLU",
    "Softmax",
    "Output",
    "CrossEntropyLoss",
    "SGD",
    "L1",
    "DatasetInput",
    "Subgraph",
  ];
  expect(named.map((kind) => NODE_TYPES.indexOf(kind))).toEqual([0, 5, 14, 29, 39, 50, 52, 59, 70, 77, 84]);
});

test("a graph becomes a chain of layers; data, loss and optimiser nodes are none", () => {
  const graph = chain(
    node(77, "DatasetInput", { input_shape: "[1, 28, 28]" }),
    node(78, "Normalize", { mean: 0.5 }),
    node(3, "Flatten"),
    node(4, "Dense", { units: "64", in_features: "784", use_bias: "true" }),
    node(5, "LeakyReLU", { negative_slope: 0.2 }),
    node(6, "Dropout", { rate: "0.5" }),
    node(7, "Dense", { units: 10 }),
    node(8, "Softmax"),
    node(9, "CrossEntropyLoss"),
    node(10, "SGD", { lr: "0.1", momentum: 0.9 }),
  );
  expect(layersOf(graph)).toMatchObject([
    ["InputLayer", { batch_shape: [null, 28, 28, 1] }],
    ["Flatten", {}],
    ["Dense", { units: 64 }],
    ["LeakyReLU", { negative_slope: 0.2 }],
    ["Dropout", { rate: 0.5 }],
    // The softmax is the loss's own business.
    ["Dense", { units: 10, activation: "linear" }],
  ]);
  const { training } = parse(graph, { epochs: 4, batchSize: 50, seed: 3 });
  expect(training).toMatchObject({
    optimizer: { class_name: "SGD", config: { learning_rate: 0.1, momentum: 0.9 } },
    loss: "sparse_categorical_crossentropy",
    epochs: 4,
    batch_size: 50,
    seed: 3,
  });
});

test("the order comes from the links, not from the list", () => {
  const graph = chain(
    node(9, "Dense", { units: 8, in_features: 4 }),
    node(1, "Tanh"),
    node(5, "Dense", { units: 2 }),
    node(2, "MSELoss"),
  );
  const shuffled = { ...graph, nodes: [...graph.nodes].reverse() };
  expect(layersOf(shuffled)).toEqual(layersOf(graph));
  expect(parse(shuffled).training.loss).toBe("mean_squared_error");
});

test("a convolutional graph takes its images with the channels last", () => {
  const graph = chain(
    node(1, "DatasetInput", { input_shape: [3, 32, 32] }),
    node(2, "Conv2D", { filters: 8, kernel_size: 3, padding: "same" }),
    node(3, "ReLU"),
    node(4, "MaxPool2D", { pool_size: "2" }),
    node(5, "Flatten"),
    node(6, "Dense", { units: 10 }),
    node(7, "Output"),
  );
  expect(layersOf(graph).map(([name]) => name)).toEqual([
    "InputLayer",
    "Conv2D",
    "ReLU",
    "MaxPooling2D",
    "Flatten",
    "Dense",
  ]);
  expect(layersOf(graph)[0]?.[1]).toEqual({ batch_shape: [null, 32, 32, 3] });
});

test("a graph may have normalisations, recurrence and attention", () => {
  const graph = chain(
    node(1, "DatasetInput", { input_shape: "[20]" }),
    node(2, "Embedding", { num_embeddings: "64", embedding_dim: 8 }),
    node(3, "MultiHeadAttention", { num_heads: 2, key_dim: 4, causal: "true" }),
    node(4, "LayerNorm", { eps: "1e-5" }),
    node(5, "LSTM", { hidden_size: 16, return_sequences: true }),
    node(6, "GRU", { units: 8 }),
    node(7, "BatchNorm"),
    node(8, "Dense", { units: 3 }),
    node(9, "AdamW", { lr: 0.01, weight_decay: 0.1 }),
  );
  expect(layersOf(graph).slice(1)).toMatchObject([
    ["Embedding", { input_dim: 64, output_dim: 8 }],
    ["MultiHeadAttention", { num_heads: 2, key_dim: 4, use_causal_mask: true }],
    ["LayerNormalization", { epsilon: 1e-5 }],
    ["LSTM", { units: 16, return_sequences: true }],
    ["GRU", { units: 8, return_sequences: false }],
    ["BatchNormalization", {}],
    ["Dense", { units: 3 }],
  ]);
  expect(parse(graph).training.optimizer).toMatchObject({ class_name: "AdamW", config: { weight_decay: 0.1 } });
});

test("{type: mlp} and {architecture: MLP} become Dense layers", () => {
  const mlp = {
    type: "mlp",
    input_size: 784,
    output_size: 10,
    hidden_layers: [256, 128],
    activation: "relu",
    output_activation: "softmax",
  };
  const expected = [
    ["InputLayer", { batch_shape: [null, 784] }],
    ["Dense", { units: 256, activation: "relu" }],
    ["Dense", { units: 128, activation: "relu" }],
    ["Dense", { units: 10, activation: "softmax" }],
  ];
  expect(layersOf(mlp)).toMatchObject(expected);
  expect(layersOf({ architecture: "MLP", layers: [784, 256, 128, 10] })).toMatchObject(expected);
  const regression = { type: "mlp", input_size: 8, output_size: 1, hidden_layers: [], output_activation: "linear" };
  expect(parse(regression).training.loss).toBe("mean_squared_error");
});

test("hyperparameters: defaults, texts as numbers, and what is not possible yet by name", () => {
  const mlp = { architecture: "MLP", layers: [4, 3] };
  expect(parse(mlp).training.optimizer).toMatchObject({ class_name: "Adam", config: { learning_rate: 0.001 } });
  const sgd = { optimizer: "SGD", learning_rate: "0.05", momentum: "0.9" };
  expect(parse(mlp, { hyperparameters: sgd }).training.optimizer).toMatchObject({
    class_name: "SGD",
    config: { learning_rate: 0.05, momentum: 0.9 },
  });
  const adamw = { optimizer: "adamw", weight_decay: "0.01" };
  expect(parse(mlp, { hyperparameters: adamw }).training.optimizer).toMatchObject({
    class_name: "AdamW",
    config: { learning_rate: 0.001, weight_decay: 0.01 },
  });
  expect(parse(mlp, { hyperparameters: { optimizer: "rmsprop" } }).training.optimizer.class_name).toBe("RMSprop");
  expect(() => parse(mlp, { hyperparameters: { optimizer: "lion" } })).toThrow('unknown: "lion". Possible: sgd, adam');
  expect(() => parse(mlp, { hyperparameters: { dropout: "1" } })).toThrow("hyperparameters.dropout: unknown");
  expect(() => parse(mlp, { hyperparameters: { learning_rate: "fast" } })).toThrow("learning_rate");
});

test("our own spec passes through, and hyperparameters must not contradict it", () => {
  const spec = parse({ architecture: "MLP", layers: [4, 3] });
  expect(parse(spec)).toEqual(spec);
  expect(parse(spec, { hyperparameters: { optimizer: "adam", learning_rate: "0.001" } })).toEqual(spec);
  expect(() => parse(spec, { hyperparameters: { learning_rate: "0.1" } })).toThrow(
    'hyperparameters.learning_rate: "0.1" contradicts',
  );
});

const first = node(1, "Dense", { units: 4, in_features: 4 });
const BAD: readonly [string, unknown, string][] = [
  ["no known shape", { foo: 1 }, "unknown shape"],
  ["a list", [], "expected an object"],
  ["an unknown type number", chain(first, { id: 2, type: 85 }), "nodes[1].type: unknown type 85"],
  ["a type not trained yet", chain(first, node(2, "RNN")), "RNN (type 16) cannot be trained yet"],
  [
    "an unknown parameter",
    chain(first, node(2, "Dense", { units: 4, rank: 1 })),
    "nodes[1].parameters.rank: unknown parameter of Dense",
  ],
  ["a wrong value", chain(first, node(2, "Dense", { units: "many" })), 'got "many"'],
  ["a node twice", { nodes: [first, first], links: [] }, "same id"],
  ["a link to nowhere", { nodes: [first], links: [{ from_node: 1, to_node: 7 }] }, "links[0]: there is no node 7"],
  ["no links", { nodes: [first, node(2, "Dense", { units: 2 })], links: [] }, "has no link"],
  [
    "a cycle",
    {
      ...chain(first, node(2, "ReLU")),
      links: [
        { from_node: 1, to_node: 2 },
        { from_node: 2, to_node: 1 },
      ],
    },
    "cycle",
  ],
  ["a loop", { nodes: [first], links: [{ from_node: 1, to_node: 1 }] }, "cycle"],
  [
    "two outputs",
    {
      nodes: [first, node(2, "ReLU"), node(3, "Tanh")],
      links: [
        { from_node: 1, to_node: 2 },
        { from_node: 1, to_node: 3 },
      ],
    },
    "two outputs",
  ],
  ["two losses", chain(first, node(2, "MSELoss"), node(3, "CrossEntropyLoss")), "several losses"],
  ["no layers", chain(node(1, "DatasetInput", { input_shape: "4" })), "no layer"],
  ["no input shape", chain(node(1, "Dense", { units: 4 })), "the shape of the input is nowhere given"],
  [
    "in_features that do not fit",
    chain(first, node(2, "Dense", { units: 2, in_features: 9 })),
    "9 was given, but the layer gets 4",
  ],
  ["an mlp without sizes", { type: "mlp" }, "model_definition.input_size"],
  ["a huge mlp", { architecture: "MLP", layers: [784, 1e9, 10] }, "model_definition.layers"],
  ["another architecture", { architecture: "CNN", layers: [1, 2] }, "expected one of MLP"],
];

test.each(BAD)("%s is refused by name", (_, json, message) => {
  expect(() => parse(json)).toThrow(message);
  expect(() => parse(json)).toThrow(expect.toSatisfy((error) => isCyxwizError(error, "MODEL_INVALID")));
});

test("text that is not JSON, or far too much of it, is refused", () => {
  expect(() => translateLegacyModel("{")).toThrow("not JSON");
  expect(() => translateLegacyModel(`"${"x".repeat(2 ** 20)}"`)).toThrow("the limit is 1048576");
});
