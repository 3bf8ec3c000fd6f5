import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type DocumentedLine, documentedCommands } from "./testing/documented-commands.ts";
import { type Cluster, endTestCluster, spawnPiece, startTestCluster } from "./testing/index.ts";
import { lastOf, runHere } from "./testing/run-here.ts";
import { writeSmallJob } from "./testing/small-job.ts";

const TOKEN = 10n ** 9n;
const ROOT = new URL("../../../", import.meta.url);
const DAYS_LATER = /^(\d+) days later$/;
let cluster: Cluster;

beforeAll(async () => {
  // On a chain of our own, whose time we move.
  const own = { rpcUrl: undefined, wsUrl: undefined, localnetArgs: ["--time-control"] };
  cluster = await startTestCluster({ ...own, nodes: 0 });
});
afterAll(() => endTestCluster(cluster));

/** The files, addresses and ports of this cluster in place of the documentation's. */
function here(args: readonly string[], nodeAddress: string): string[] {
  const places: Readonly<Record<string, string>> = {
    "node.json": join(cluster.dataDir, "node.json"),
    node: join(cluster.dataDir, "node"),
    "market/admin.json": cluster.platform.admin.path,
    "market/central/tls-certificate.pem": cluster.central.certificatePath,
    "https://127.0.0.1:50051": cluster.central.url,
    NODE_ADDRESS: nodeAddress,
  };
  return args.map((word, index) => (index === 0 ? word : (places[word] ?? word)));
}

async function later(days: number): Promise<void> {
  const params = [{ seconds: days * 86_400, slots: 2 }];
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "cyxwiz_advanceTime", params });
  const headers = { "content-type": "application/json" };
  const response = await fetch(cluster.rpcUrl, { method: "POST", headers, body, signal: AbortSignal.timeout(10_000) });
  expect(await response.json()).toMatchObject({ result: { slot: expect.any(Number) } });
}

test("a node's operator gets by with what README and docs/node-operator.md say", { timeout: 120_000 }, async () => {
  const chain = ["--rpc-url", cluster.rpcUrl, "--ws-url", cluster.wsUrl];
  const said: Record<string, unknown>[] = [];
  let nodeAddress = "";
  /** Runs one line as it is written; `wallet new` knows no chain. */
  const walk = async ({ args, remark }: DocumentedLine): Promise<void> => {
    const days = DAYS_LATER.exec(remark)?.[1];
    if (days !== undefined) await later(Number(days));
    if (!args) return;
    const where = args[1] === "new" ? [] : chain;
    const { code, output } = await runHere([...here(args, nodeAddress), ...where, "--json"]);
    expect(`${args.join(" ")}: ${code} ${code === 0 ? "" : output}`).toBe(`${args.join(" ")}: 0 `);
    said.push(lastOf(output));
    if (said.at(-1)?.event === "created") nodeAddress = String(said.at(-1)?.address);
  };

  const readme = await documentedCommands(new URL("README.md", ROOT), "### You have a machine to rent out");
  const running = readme.findIndex(({ args }) => args?.[0] === "node" && args[1]?.startsWith("--"));
  for (const line of readme.slice(0, running)) await walk(line);

  // The node runs while a job comes and is paid.
  const [flags = []] = readme.slice(running, running + 1).map(({ args }) => args ?? []);
  const node = await spawnPiece({
    name: "node",
    args: [...here(flags, nodeAddress), "--port", "0", "--compute-score", "10", ...chain],
    logFile: join(cluster.dataDir, "node.log"),
  });
  const train = await spawnPiece({
    name: "train",
    args: ["train", await writeSmallJob(cluster.dataDir)],
    env: cluster.environment,
    logFile: join(cluster.dataDir, "train.log"),
  });
  expect(await train.exited).toMatchObject({ code: 0 });
  await node.stop();

  const earnings = readme.slice(running + 1);
  for (const line of earnings.filter(({ args }) => args?.[1] !== "withdraw")) await walk(line);
  expect(said.find(({ event }) => event === "earnings")).toMatchObject({
    jobs: [{ outcome: "Completed" }],
    totals: { paidJobs: 1 },
  });
  expect(said.find(({ event }) => event === "status")).toMatchObject({ staked: `${200n * TOKEN}`, status: "Active" });

  // A platform puts rewards up; more tokens for more stake.
  const admin = ["--wallet", cluster.platform.admin.path, ...chain];
  const mint = (to: string) => runHere(["wallet", "mint", "--amount", "200", "--to", to, ...admin]);
  expect((await mint(nodeAddress)).code + (await mint(cluster.platform.admin.signer.address)).code).toBe(0);
  expect(await runHere(["admin", "fund-rewards", "100", ...admin])).toMatchObject({ code: 0 });

  for (const line of await documentedCommands(new URL("docs/node-operator.md", ROOT))) await walk(line);
  expect(said.at(-2)).toMatchObject({ event: "withdrawn", amount: `${400n * TOKEN}` });
  expect(said.at(-1)).toMatchObject({ event: "status", status: "Withdrawn", staked: "0" });
});
