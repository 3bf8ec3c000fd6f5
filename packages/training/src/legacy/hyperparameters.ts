import { invalid, show } from "../spec/fields.ts";
import { fromText } from "./text-values.ts";

const OPTIMIZERS: Readonly<Record<string, keyof typeof OWN>> = {
  sgd: "SGD",
  adam: "Adam",
  adamw: "AdamW",
  rmsprop: "RMSprop",
};
const COMMON = ["learning_rate", "optimizer", "batch_size", "epochs", "seed", "loss"];
const OWN = {
  SGD: ["momentum", "nesterov"],
  Adam: ["beta_1", "beta_2", "epsilon"],
  AdamW: ["beta_1", "beta_2", "epsilon", "weight_decay"],
  RMSprop: ["rho", "epsilon"],
} as const;

/** Builds the `training` part of a spec from a job's hyperparameters. Throws `MODEL_INVALID` naming the key. */
export function trainingFromHyperparameters(
  hyperparameters: Readonly<Record<string, unknown>>,
  loss: string,
): Record<string, unknown> {
  const path = (key: string) => `hyperparameters.${key}`;
  const name = String(hyperparameters.optimizer ?? "adam").toLowerCase();
  const className = Object.hasOwn(OPTIMIZERS, name) ? OPTIMIZERS[name] : undefined;
  if (className === undefined) {
    invalid(path("optimizer"), `unknown: ${show(name)}. Possible: ${Object.keys(OPTIMIZERS).join(", ")}.`);
  }
  const config: Record<string, unknown> = { learning_rate: 0.001 };
  const training: Record<string, unknown> = { loss, optimizer: { class_name: className, config } };
  for (const [key, text] of Object.entries(hyperparameters)) {
    const value = fromText(text);
    if (key === "optimizer") continue;
    if (key === "learning_rate" || (OWN[className] as readonly string[]).includes(key)) config[key] = value;
    else if (COMMON.includes(key)) training[key] = value;
    else invalid(path(key), `unknown for ${className}. Known: ${[...COMMON, ...OWN[className]].join(", ")}.`);
  }
  return training;
}
