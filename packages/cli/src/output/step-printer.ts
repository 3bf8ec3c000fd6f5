import { createProgress, type ProgressState } from "./progress.ts";
import { createStyle, type Style } from "./style.ts";

/** Shows to a person what is done, step by step, and how far the longest one is. */
export interface StepPrinter {
  readonly style: Style;
  heading(text: string): void;
  step(text: string, detail?: string): void;
  /** A transaction's signature, whole, so that it can be looked up. */
  transaction(signature: string, what?: string): void;
  line(text?: string): void;
  progress(state: ProgressState): void;
  /** Takes the bar off the screen. */
  end(): void;
}

export function createStepPrinter(stream: NodeJS.WriteStream): StepPrinter {
  const style = createStyle(stream);
  const progress = createProgress(stream);
  const line = (text = "") => {
    progress.clear();
    stream.write(`${text}\n`);
  };
  return {
    style,
    heading: (text) => line(`\n${style.bold(text)}`),
    step: (text, detail = "") => line(`  ${style.good("✓")} ${text}${detail === "" ? "" : `  ${style.dim(detail)}`}`),
    transaction: (signature, what = "tx") => line(style.dim(`    ${what} ${signature}`)),
    line,
    progress: (state) => progress.show(state),
    end: () => progress.clear(),
  };
}
