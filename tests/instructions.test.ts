import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Only the job escrow calls these, when a job starts and ends. */
const CALLED_BY_PROGRAMS = ["jobStarted", "jobEnded", "slashForJob"];

const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

function filesOf(pattern: string, isLeftOut: RegExp): string {
  const files = globSync(pattern, { cwd: ROOT }).filter((file) => !isLeftOut.test(file));
  return files.map(read).join("\n");
}

function instructions(): string[] {
  return globSync("programs/idl/*.json", { cwd: ROOT }).flatMap((file) => {
    const { program } = JSON.parse(read(file)) as { program: { instructions: { name: string }[] } };
    return program.instructions.map(({ name }) => name);
  });
}

const product = filesOf("packages/*/src/**/*.ts", /\.test\.ts$|\/testing\/|\/generated\/|\/fuzz\/|\/attack\//);
/** Imported, and then used. */
const isSent = (name: string) => {
  const builder = `\\bget${name.charAt(0).toUpperCase()}${name.slice(1)}Instruction(Async)?\\b`;
  return [...product.matchAll(new RegExp(builder, "g"))].length >= 2;
};

test("every instruction of the programs is sent by somebody", () => {
  expect(instructions().length).toBeGreaterThan(50);
  const unsent = instructions().filter((name) => !isSent(name));
  expect(unsent.sort()).toEqual(CALLED_BY_PROGRAMS.toSorted());
});

test("every outcome that counts for reputation is queued by somebody", () => {
  const central = filesOf("packages/central/src/**/*.ts", /\.test\.ts$|\/testing\//);
  const rules = [...read("packages/central/src/nodes/reputation.ts").matchAll(/^ {2}([A-Z_]+): \{ kind: (\d+),/gm)];
  const kinds = [...read("programs/reputation-manager/src/state/outcome.rs").matchAll(/^ {4}\w+ = (\d+),/gm)];
  expect(rules.map(([, , kind]) => kind)).toEqual(kinds.map(([, kind]) => kind));
  const isQueued = (reason: string | undefined) => new RegExp(`queue(Reputation)?\\([^;]*"${reason}"`).test(central);
  expect(rules.map(([, reason]) => reason).filter((reason) => !isQueued(reason))).toEqual([]);
});
