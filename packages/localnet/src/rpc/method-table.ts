import type { MethodTable } from "./method.ts";
import { accountMethods } from "./methods/accounts.ts";
import { blockMethods } from "./methods/blocks.ts";
import { clusterMethods } from "./methods/cluster.ts";
import { historyMethods } from "./methods/history.ts";
import { sendMethods } from "./methods/send.ts";
import { simulateMethods } from "./methods/simulate.ts";
import { slotMethods } from "./methods/slots.ts";
import { timeMethods } from "./methods/time.ts";
import { tokenMethods } from "./methods/tokens.ts";

const validatorMethods: MethodTable = {
  ...accountMethods,
  ...tokenMethods,
  ...blockMethods,
  ...slotMethods,
  ...clusterMethods,
  ...sendMethods,
  ...simulateMethods,
  ...historyMethods,
};

/** Every method that is answered over HTTP. */
export function methodTable(options: { readonly timeControl: boolean }): MethodTable {
  return options.timeControl ? { ...validatorMethods, ...timeMethods } : validatorMethods;
}
