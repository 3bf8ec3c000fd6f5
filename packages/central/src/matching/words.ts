import { CYXWIZ } from "../pricing/rates.ts";

/** "12.5 CYXWIZ": an amount in base units, exactly. */
export function cyxwiz(amount: bigint): string {
  const fraction = (amount % CYXWIZ).toString().padStart(9, "0").replace(/0+$/, "");
  return `${amount / CYXWIZ}${fraction === "" ? "" : `.${fraction}`} CYXWIZ`;
}

/** "3,600.5 s" */
export function seconds(durationMs: bigint): string {
  return `${(Number(durationMs) / 1_000).toLocaleString("en", { maximumFractionDigits: 3 })} s`;
}
