import type { Benchmark } from "./benchmark.ts";
import { BATCHED_JOBS, type DesignCost, EPOCHS, runNaiveDesign, runOurDesign } from "./cost/designs.ts";
import { sumOf } from "./cost/ledger.ts";
import { costTable } from "./cost/table.ts";

/** For the dollars in the table; lamports are what is measured. */
const USD_PER_SOL = 150;

const aJob = ({ jobs, entries }: DesignCost) => Number(sumOf(entries, "").lamports) / jobs;

/** Lamports that a job costs on chain, with this design and with the naive one, run on the same programs. */
export const costBenchmarks: Benchmark[] = [
  {
    names: ["lamports.job"],
    async *run() {
      const [ours, alone, naive] = [await runOurDesign(), await runOurDesign(1), await runNaiveDesign()];
      const job = `Job of ${EPOCHS} epochs`;
      yield {
        name: "lamports.job",
        value: aJob(ours),
        unit: "lamports",
        peer: `naive design, ${aJob(naive).toLocaleString("en")} lamports (aim: at most 20,000)`,
        ratio: aJob(ours) / aJob(naive),
        table: [
          costTable(`${job}, ${BATCHED_JOBS} of them at once`, ours, USD_PER_SOL),
          costTable(`${job}, alone`, alone, USD_PER_SOL),
          costTable(`${job}, naive design`, naive, USD_PER_SOL),
        ].join("\n\n"),
      };
    },
  },
];
