import { parseArgs } from "node:util";
import type { Benchmark, Result } from "./benchmark.ts";

const HELP = `Usage: npm run bench -- [--json] [NAME…]

Measures everything, or only what is named. Each figure stands beside a peer measured in the same run, or a stated
limit; the ratio is ours ÷ theirs.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, help: { type: "boolean", short: "h" } },
});

const benchmarks: Benchmark[] = [
  ...(await import("./cu.ts")).cuBenchmarks,
  ...(await import("./cost.ts")).costBenchmarks,
  ...(await import("./train.ts")).trainBenchmarks,
  ...(await import("./latency.ts")).latencyBenchmarks,
  ...(await import("./states.ts")).statesBenchmarks,
  ...(await import("./weights.ts")).weightsBenchmarks,
];
const known = benchmarks.flatMap((benchmark) => benchmark.names);
const unknown = positionals.filter((name) => !known.includes(name));

if (values.help) {
  process.stdout.write(`${HELP}\nNames: ${known.join(", ")}\n`);
} else if (unknown.length > 0) {
  process.stderr.write(`Unknown: ${unknown.join(", ")}. Names: ${known.join(", ")}\n`);
  process.exitCode = 2;
} else {
  await measure(new Set(positionals.length > 0 ? positionals : known));
}

async function measure(names: ReadonlySet<string>): Promise<void> {
  if (!values.json) process.stdout.write(row("name", "value", "unit", "ratio", "peer"));
  for (const benchmark of benchmarks) {
    if (!benchmark.names.some((name) => names.has(name))) continue;
    for await (const result of benchmark.run(names)) print(result);
  }
}

function print(result: Result): void {
  if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const { name, value, unit, ratio, peer, table } = result;
    process.stdout.write(row(name, value.toPrecision(4), unit, `${ratio.toFixed(2)}×`, peer));
    if (table !== undefined) process.stdout.write(`\n${table}\n\n`);
  }
}

function row(name: string, value: string, unit: string, ratio: string, peer: string): string {
  return `${name.padEnd(32)}${value.padStart(12)}  ${unit.padEnd(8)}${ratio.padStart(9)}  ${peer}\n`;
}
