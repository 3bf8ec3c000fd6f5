import { readFile, writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { fillIn } from "./report/document.ts";
import { SECTIONS } from "./report/sections.ts";
import { DEFAULT_RULES, type Rules } from "./rules.ts";

const DOCUMENT = new URL("../docs/economics.md", import.meta.url);
const NUMBERS = {
  "audit-rate-bps": "of all jobs, how many are audited",
  "audit-segments": "epochs replayed in an audit",
  "always-from": "CYXWIZ from which a job is always audited",
  "recheck-bps": "of other nodes' verdicts, how many Central replays",
  "slash-invalid-proof-bps": "of the stake, for what a replay refutes",
  "slash-failed-bps": "of the stake, for a failed job",
  "stake-percent": "of the platform's minimum stakes",
  "cost-bps": "of its pay, what honest work costs",
  "hostile-bps": "of the auditors, how many work with the cheat",
} as const;
type Name = keyof typeof NUMBERS;
const names = Object.keys(NUMBERS) as Name[];

const HELP = `Usage: npm run simulate [-- OPTIONS] [TABLE…]

What each way to cheat is worth beside honest work, with the platform's defaults or other numbers.
Tables: ${Object.keys(SECTIONS).join(", ")}

${names.map((name) => `  --${name.padEnd(26)} ${NUMBERS[name]}`).join("\n")}
  --write                      write the tables into docs/economics.md (defaults only)
`;

try {
  await main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n\n${HELP}`);
  process.exitCode = 2;
}

async function main(): Promise<void> {
  const numbers = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { ...numbers, write: { type: "boolean" }, help: { type: "boolean", short: "h" } },
  });
  const given = new Map(names.flatMap((name) => (name in values ? [[name, whole(name, values)] as const] : [])));
  const unknown = positionals.filter((name) => !(name in SECTIONS));
  if (unknown.length > 0) throw new RangeError(`there is no table ${unknown.join(", ")}`);
  if (values.help) process.stdout.write(HELP);
  else if (values.write) {
    if (given.size > 0) throw new RangeError("the document has the defaults: no numbers with --write");
    await writeFile(DOCUMENT, fillIn(await readFile(DOCUMENT, "utf8"), DEFAULT_RULES));
  } else {
    const rules = rulesWith(given);
    const wanted = positionals.length > 0 ? positionals : Object.keys(SECTIONS);
    for (const name of wanted) process.stdout.write(`## ${name}\n\n${SECTIONS[name]!(rules)}\n\n`);
  }
}

function whole(name: Name, values: Readonly<Record<string, unknown>>): number {
  const value = Number(values[name]);
  const most = name.endsWith("bps") ? 10_000 : 1_000_000_000;
  if (Number.isSafeInteger(value) && value >= 0 && value <= most) return value;
  throw new RangeError(`--${name} takes a whole number from 0 to ${most.toLocaleString("en")}`);
}

function rulesWith(given: ReadonlyMap<Name, number>): Rules {
  const { platform, registry, audit, costBps, hostileAuditorBps } = DEFAULT_RULES;
  const number = (name: Name, fallback: number) => given.get(name) ?? fallback;
  const alwaysFrom = given.get("always-from");
  return {
    platform: {
      ...platform,
      stakeMinimums: platform.stakeMinimums.map((stake) => (stake * BigInt(number("stake-percent", 100))) / 100n),
    },
    registry: {
      ...registry,
      slashTimeoutBps: number("slash-failed-bps", registry.slashTimeoutBps),
      slashInvalidProofBps: number("slash-invalid-proof-bps", registry.slashInvalidProofBps),
    },
    audit: {
      ...audit,
      auditRateBps: number("audit-rate-bps", audit.auditRateBps),
      auditSegments: Math.max(number("audit-segments", audit.auditSegments), 1),
      auditAlwaysFrom: alwaysFrom === undefined ? audit.auditAlwaysFrom : BigInt(alwaysFrom) * 1_000_000_000n,
      auditRecheckBps: number("recheck-bps", audit.auditRecheckBps),
    },
    costBps: number("cost-bps", costBps),
    hostileAuditorBps: number("hostile-bps", hostileAuditorBps),
  };
}
