import type { Benchmark } from "./benchmark.ts";
import { BATCHED_JOBS, EPOCHS, runNaiveDesign, runOurDesign } from "./cost/designs.ts";
import type { Entry } from "./cost/ledger.ts";
import { costTable } from "./cost/table.ts";

/** For the dollars in the table; lamports are what is measured. */
const USD_PER_SOL = 150;

const total = (entries: readonly Entry[]) => Number(entries.reduce((sum, { lamports }) => sum + lamports, 0n));

/** Lamports that a job costs on chain, with this design and with the naive one, run on the same programs. */
export const costBenchmarks: Benchmark[] = [
  {
    names: ["lamports.job"],
    async *run() {
      const [ours, naive] = [await runOurDesign(), await runNaiveDesign()];
      const value = total(ours) / BATCHED_JOBS;
      const jobs = `Job of ${EPOCHS} epochs`;
      yield {
        name: "lamports.job",
        value,
        unit: "lamports",
        peer: `naive design, ${total(naive).toLocaleString("en")} lamports (aim: at most 20,000)`,
        ratio: value / total(naive),
        table: [
          costTable(`${jobs}, ${BATCHED_JOBS} of them at once`, ours, BATCHED_JOBS, USD_PER_SOL),
          costTable(`${jobs}, naive design`, naive, 1, USD_PER_SOL),
        ].join("\n\n"),
      };
    },
  },
];
