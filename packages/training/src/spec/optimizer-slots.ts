import type { Optimizer } from "./types.ts";

/** The tensors that an optimiser keeps for each trainable weight, in order. */
export function optimizerSlots(optimizer: Optimizer): readonly string[] {
  switch (optimizer.class_name) {
    case "Adam":
    case "AdamW":
      return ["m", "v"];
    case "RMSprop":
      return ["velocity"];
    case "SGD":
      return optimizer.config.momentum > 0 ? ["momentum"] : [];
  }
}
