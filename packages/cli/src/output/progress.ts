import { SingleBar } from "cli-progress";

/** What a training job looks like at a moment. */
export interface ProgressState {
  /** 0 to 1. */
  readonly fraction: number;
  readonly epoch: number;
  readonly epochs: number;
  readonly loss: number | undefined;
  readonly accuracy: number | undefined;
  readonly samplesPerSecond: number;
  readonly etaSeconds: number;
  /** Percent. */
  readonly cpu: number;
  readonly memory: number;
}

/** Shows training as it goes: one bar that moves, or, where nothing can move, nothing but what others print. */
export interface Progress {
  show(state: ProgressState): void;
  /** Takes the bar off the screen, so that lines can be printed. */
  clear(): void;
}

const WIDTH = 24;

export function createProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => {}, clear: () => {} };
  let bar: SingleBar | undefined;
  return {
    show(state) {
      const payload = { text: describeProgress(state) };
      if (bar) bar.update(state.fraction, payload);
      else {
        bar = new SingleBar({
          stream,
          format: "  {bar} {text}",
          barCompleteChar: "█",
          barIncompleteChar: "░",
          barsize: WIDTH,
          hideCursor: true,
          clearOnComplete: true,
          linewrap: false,
          fps: 10,
          gracefulExit: false,
        });
        bar.start(1, state.fraction, payload);
      }
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}

function describeProgress(state: ProgressState): string {
  const parts = [
    `${Math.floor(state.fraction * 100)}%`,
    `epoch ${state.epoch}/${state.epochs}`,
    ...(state.loss === undefined ? [] : [`loss ${state.loss.toFixed(3)}`]),
    ...(state.accuracy === undefined ? [] : [`acc ${(state.accuracy * 100).toFixed(1)}%`]),
    `${Math.round(state.samplesPerSecond).toLocaleString("en")}/s`,
    `ETA ${Math.ceil(state.etaSeconds)} s`,
    `cpu ${Math.round(state.cpu)}%`,
    `mem ${Math.round(state.memory)}%`,
  ];
  return parts.join("  ");
}
