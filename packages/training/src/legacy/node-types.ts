/** The node editor's types by number, as they are called there. */
export const NODE_TYPES: readonly string[] = [
  ..."Dense Conv1D Conv2D Conv3D DepthwiseConv2D MaxPool2D AvgPool2D GlobalMaxPool GlobalAvgPool".split(" "),
  ..."AdaptiveAvgPool BatchNorm LayerNorm GroupNorm InstanceNorm Dropout Flatten RNN LSTM GRU Bidirectional".split(" "),
  ..."TimeDistributed Embedding MultiHeadAttention SelfAttention CrossAttention LinearAttention".split(" "),
  ..."TransformerEncoder TransformerDecoder PositionalEncoding ReLU LeakyReLU PReLU ELU SELU GELU Swish".split(" "),
  ..."Mish Sigmoid Tanh Softmax Reshape Permute Squeeze Unsqueeze View Split Concatenate Add Multiply".split(" "),
  ..."Average Output MSELoss CrossEntropyLoss BCELoss BCEWithLogits L1Loss SmoothL1Loss HuberLoss NLLLoss".split(" "),
  ..."SGD Adam AdamW RMSprop Adagrad NAdam StepLR CosineAnnealing ReduceOnPlateau ExponentialLR".split(" "),
  ..."WarmupScheduler L1 L2 ElasticNet Lambda Identity Constant Parameter DatasetInput DataLoader".split(" "),
  ..."Augmentation DataSplit TensorReshape Normalize OneHotEncode Subgraph".split(" "),
];

/** 77–83 describe how the data is prepared; they are no layers. */
export function isDataNode(type: number): boolean {
  return type >= 77 && type <= 83;
}

const NORMALIZATION = { epsilon: "epsilon", eps: "epsilon" };
const RECURRENT = { units: "units", hidden_size: "units", return_sequences: "return_sequences", use_bias: "use_bias" };

/** Types that become a layer: its Keras class, and its parameters by their name in Keras. */
export const LAYER_NODES: Readonly<
  Record<
    string,
    { readonly className: string; readonly parameters: Readonly<Record<string, string>>; readonly config?: object }
  >
> = {
  Dense: { className: "Dense", parameters: { units: "units", use_bias: "use_bias", in_features: "" } },
  Conv2D: {
    className: "Conv2D",
    parameters: {
      filters: "filters",
      out_channels: "filters",
      kernel_size: "kernel_size",
      padding: "padding",
      strides: "strides",
      stride: "strides",
      use_bias: "use_bias",
    },
  },
  MaxPool2D: {
    className: "MaxPooling2D",
    parameters: { pool_size: "pool_size", strides: "strides", stride: "strides" },
  },
  GlobalAvgPool: { className: "GlobalAveragePooling2D", parameters: {} },
  BatchNorm: { className: "BatchNormalization", parameters: NORMALIZATION },
  LayerNorm: { className: "LayerNormalization", parameters: NORMALIZATION },
  LSTM: { className: "LSTM", parameters: RECURRENT },
  GRU: { className: "GRU", parameters: RECURRENT },
  Embedding: {
    className: "Embedding",
    parameters: {
      input_dim: "input_dim",
      num_embeddings: "input_dim",
      output_dim: "output_dim",
      embedding_dim: "output_dim",
    },
  },
  MultiHeadAttention: {
    className: "MultiHeadAttention",
    parameters: {
      num_heads: "num_heads",
      key_dim: "key_dim",
      use_causal_mask: "use_causal_mask",
      causal: "use_causal_mask",
    },
  },
  Dropout: { className: "Dropout", parameters: { rate: "rate" } },
  Flatten: { className: "Flatten", parameters: {} },
  ReLU: { className: "ReLU", parameters: {} },
  LeakyReLU: {
    className: "LeakyReLU",
    parameters: { negative_slope: "negative_slope" },
    config: { negative_slope: 0.01 },
  },
  ELU: { className: "ELU", parameters: { alpha: "alpha" } },
  GELU: { className: "Activation", parameters: {}, config: { activation: "gelu" } },
  Swish: { className: "Activation", parameters: {}, config: { activation: "silu" } },
  Sigmoid: { className: "Activation", parameters: {}, config: { activation: "sigmoid" } },
  Tanh: { className: "Activation", parameters: {}, config: { activation: "tanh" } },
  Softmax: { className: "Softmax", parameters: { axis: "axis", dim: "axis" } },
};

export const LOSS_NODES: Readonly<Record<string, string>> = {
  MSELoss: "mean_squared_error",
  CrossEntropyLoss: "sparse_categorical_crossentropy",
};

const RATE = { learning_rate: "learning_rate", lr: "learning_rate" };
const ADAM = {
  ...RATE,
  beta_1: "beta_1",
  beta1: "beta_1",
  beta_2: "beta_2",
  beta2: "beta_2",
  epsilon: "epsilon",
  eps: "epsilon",
};

/** Optimisers: parameters by their name in `hyperparameters`. */
export const OPTIMIZER_NODES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  SGD: { ...RATE, momentum: "momentum", nesterov: "nesterov" },
  Adam: ADAM,
  AdamW: { ...ADAM, weight_decay: "weight_decay" },
  RMSprop: { ...RATE, rho: "rho", alpha: "rho", epsilon: "epsilon", eps: "epsilon" },
};
