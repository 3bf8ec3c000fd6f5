/** What a spec may ask for at most. Beyond these a job is refused before anything is allocated. */
export const SPEC_LIMITS = {
  /** Characters of the JSON text. */
  specCharacters: 1_048_576,
  layers: 100,
  parameters: 50_000_000,
  /** Any one dimension: units, filters, an edge of the input. */
  dimension: 1_048_576,
  /** Values in one sample at any layer. */
  sampleValues: 16_777_216,
  /** Places in the sequences of all LSTM and GRU layers: every one becomes a piece of the compiled step. */
  recurrentSteps: 256,
  /** Rows × columns × the smaller of both, summed over the weights that begin orthogonal: about a second's work. */
  orthogonalWork: 2 ** 28,
  learningRate: 1000,
  batchSize: 65_536,
  epochs: 100_000,
  /** WebAssembly memory ends at 4 GiB; the rest is for what the estimate does not see. */
  memoryBytes: 3 * 1024 ** 3,
} as const;
