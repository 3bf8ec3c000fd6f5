/** One measured figure beside what it is measured against, in the same run. */
export interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What `ratio` compares with: a peer program or a stated limit. */
  readonly peer: string;
  /** value ÷ peer's value, both in `unit`. */
  readonly ratio: number;
  /** Where one figure is not the whole story: lines for people to read. */
  readonly table?: string;
}

/** Measures one or several figures that share their preparation. */
export interface Benchmark {
  readonly names: readonly string[];
  /** Yields only the results whose name is in `names`. */
  run(names: ReadonlySet<string>): AsyncIterable<Result>;
}
