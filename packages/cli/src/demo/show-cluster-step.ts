import type { ClusterStep } from "../cluster/start-cluster.ts";
import { formatAmount } from "../options/amount.ts";
import type { StepPrinter } from "../output/step-printer.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Shows one step of starting the market, and counts its time. */
export function showClusterStep(printer: StepPrinter, stopwatch: Stopwatch, step: ClusterStep): void {
  switch (step.step) {
    case "localnet":
      printer.step(step.pid === undefined ? "external cluster" : "Solana localnet", step.rpcUrl);
      stopwatch.lap("localnet");
      return;
    case "platform": {
      const { platform } = step;
      printer.step("CYXWIZ (SPL, 9 decimals), platform and registry", `mint ${platform.mint}`);
      if (platform.signature !== undefined) printer.transaction(platform.signature);
      stopwatch.lap("token and platform");
      return;
    }
    case "funded":
      printer.step(`${step.name}'s wallet: ${formatAmount(step.amount)} CYXWIZ, 5 SOL`, step.wallet.signer.address);
      printer.transaction(step.wallet.signature);
      return;
    case "central":
      printer.step("Central, with its PostgreSQL", step.central.url);
      stopwatch.lap("Central and PostgreSQL");
      return;
    case "node": {
      const { node } = step;
      printer.step("the node registered its certificate and staked", `https://${node.endpoint}`);
      for (const signature of node.signatures) printer.transaction(signature);
      stopwatch.lap("node: register, stake, benchmark");
    }
  }
}
