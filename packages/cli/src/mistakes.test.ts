import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { KeyFile } from "./cluster/keys.ts";
import { Market, TOKEN } from "./testing/market.ts";
import { lastOf, runHere } from "./testing/run-here.ts";
import { writeSmallJob } from "./testing/small-job.ts";

const LAUNCHER = fileURLToPath(new URL("../bin/cyxwiz.js", import.meta.url));
const NOWHERE = "http://127.0.0.1:1";

let market: Market;
let payer: KeyFile;
let node: KeyFile;
let stranger: KeyFile;
beforeAll(async () => {
  market = await Market.open();
  payer = await market.wallet("payer", 100n);
  node = await market.wallet("node", 1_000n);
  stranger = await market.wallet("stranger");
  await market.run(node, "node register");
  await market.run(node, "node stake 1000");
});
afterAll(() => market?.close());

/** A server that answers every request the same way. */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(body);
  });
  return `http://127.0.0.1:${await portOf(server)}`;
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Runs a command that has to fail; gives its exit code and its error. */
async function mistake(...args: string[]) {
  const { code: exit, output } = await runHere([...args, "--json"]);
  const { code, message, number } = lastOf(output);
  return { exit, code, message, number };
}

test("mistakes in flags, variables and files end with code 2 and say what to change", async () => {
  const { path: wallet } = payer;
  const here = (name: string) => join(market.directory, name);
  await writeFile(here("empty.json"), "{}");
  const cases: [args: string[], message: RegExp][] = [
    [["train"], /missing required argument/],
    [["train", "nowhere.json", "--wallet", wallet], /nowhere\.json: there is no such file/],
    [["train", here("empty.json"), "--wallet", wallet], /model: it is missing; training: it is missing/],
    [["train", "job.json", "--wallet", wallet, "--central-certificate", "no.pem"], /no\.pem: there is no such file/],
    [["train", "job.json", "--wallet", wallet, "--central-certificate", wallet], /it is no certificate in PEM form/],
    [["localnet", "--rpc-port", "99999"], /a port is at most 65535/],
    [["localnet", "--data-dir", "/dev/null/x"], /\/dev\/null\/x: ENOTDIR/],
    [["node", "--stake", "many"], /expected tokens/],
    [["node", "frobnicate"], /unknown command 'frobnicate'/],
    [["node", "stake", "0", "--wallet", wallet], /expected more than 0 tokens/],
    [["wallet", "transfer", "--to", node.signer.address, "--amount", "0", "--wallet", wallet], /more than 0/],
    [["wallet", "mint", "--to", node.signer.address, "--amount", "99999999999"], /no more than there can be/],
    [["wallet", "new", "--wallet", wallet], /it is there already, and a key file is never replaced/],
    [["wallet", "balance", "--wallet", "none.json"], /none\.json.*`cyxwiz wallet new --wallet none\.json` makes one/],
    [["nonsense"], /unknown command/],
  ];
  for (const [args, message] of cases) {
    const { exit, message: said } = await mistake(...args);
    expect([args, exit, said]).toEqual([args, 2, expect.stringMatching(message)]);
  }
});

test("a port that is taken is named", async () => {
  const port = `${await portOf(createTcpServer())}`;
  const refused = await mistake("localnet", "--data-dir", join(market.directory, "other"), "--rpc-port", port);
  expect(refused).toMatchObject({ exit: 2, message: expect.stringContaining(`127.0.0.1:${port} is in use`) });
});

test("an RPC that is not there, is none, or refuses: which one, and what it said", async () => {
  const { path: wallet } = payer;
  const job = await writeSmallJob(market.directory);
  const { rpcUrl, wsUrl } = market.localnet;
  const at = (url: string) => ["--wallet", wallet, "--rpc-url", url];
  for (const args of [
    ["wallet", "balance"],
    ["wallet", "slots"],
    ["node", "status"],
    ["admin", "params"],
    ["train", job],
  ]) {
    expect(await mistake(...args, ...at(NOWHERE))).toMatchObject({ exit: 1, code: "UNREACHABLE", number: 1002 });
  }
  const notFound = await mistake("wallet", "balance", ...at(await answering(404, "{}")));
  expect(notFound).toMatchObject({ exit: 1, code: "UNREACHABLE", message: expect.stringContaining("404") });
  const error = JSON.stringify({ jsonrpc: "2.0", id: "1", error: { code: -32601, message: "Method not found" } });
  const refusing = await mistake("wallet", "airdrop", ...at(await answering(200, error)));
  expect(refusing).toMatchObject({
    exit: 1,
    code: "RPC_REFUSED",
    message: expect.stringContaining("Method not found"),
  });

  const before = await market.balance(payer);
  const noCentral = ["--rpc-url", rpcUrl, "--ws-url", wsUrl, "--central-url", "https://127.0.0.1:1"];
  expect(await mistake("train", job, "--wallet", wallet, ...noCentral)).toMatchObject({ code: "UNREACHABLE" });
  const unwritable = await mistake("train", job, "--wallet", wallet, ...noCentral, "--output", "/dev/null/x/weights");
  expect(unwritable).toMatchObject({ exit: 2, message: expect.stringContaining("/dev/null/x/weights") });
  expect(await market.balance(payer)).toBe(before);
});

test("the wrong wallet is told whose it takes, before anything is sent", async () => {
  const { escrow } = await market.runningJob(payer, node, 10n * TOKEN);
  const evidence = "ab".repeat(32);
  const { address } = node.signer;
  for (const command of [
    `wallet approve ${escrow} --yes`,
    `wallet extend ${escrow} --by 1h`,
    `wallet close-slot ${escrow}`,
    `wallet dispute ${escrow} --evidence ${evidence}`,
    `wallet appeal ${escrow} --evidence ${evidence} --yes`,
    `wallet mint --to ${address} --amount 1`,
    `admin init --coordinator ${address}`,
    "admin pause",
    "admin resume --program escrow",
    "admin params --set feeBps=900",
    `admin propose-admin ${address}`,
    `admin set-authorities --arbiter ${address}`,
    `admin resolve ${escrow} --for node`,
    `admin slash ${address} --reason failed --evidence ${evidence} --yes`,
  ]) {
    const { exit, code, message } = await market.refused(stranger, command);
    expect([command, exit, code]).toEqual([command, 1, "WRONG_WALLET"]);
    expect(message).toContain(`the one given is ${stranger.signer.address}`);
  }
  const other = await market.refused(market.admin, `admin init --coordinator ${address}`);
  expect(other).toMatchObject({
    exit: 2,
    message: expect.stringContaining("`cyxwiz admin set-authorities` changes it"),
  });
  expect(await market.refused(market.admin, `admin resolve ${escrow} --for node`)).toMatchObject({
    code: "NOT_POSSIBLE_NOW",
    message: expect.stringContaining("nothing is disputed: the escrow is running"),
  });
  const early = await market.refused(payer, `wallet settle ${escrow}`);
  expect(early).toMatchObject({ exit: 1, code: "NOT_POSSIBLE_NOW" });
  expect(early.message).toMatch(/the escrow is running; what can be done: approve, cancel, extend, dispute/);
  // What a stranger may do once the deadline is over.
  const notYet = await market.refused(stranger, `wallet cancel ${escrow}`);
  expect(notYet.message).toMatch(/the escrow is running, and it can be done from \d{4}-/);
  await market.run(payer, `wallet cancel ${escrow} --yes`);
});

test("who lacks tokens or SOL is told how many, in tokens", async () => {
  const { address } = payer.signer;
  const short = await market.refused(stranger, `wallet transfer --to ${address} --amount 2.5`);
  expect(short).toMatchObject({ exit: 1, code: "INSUFFICIENT_TOKENS" });
  expect(short.message).toMatch(/holds 0\.00 CYXWIZ; 2\.50 are needed/);
  expect((await market.refused(node, "node stake 5000")).message).toMatch(/5,000\.00 more are needed for the stake/);
  expect((await market.refused(node, "node withdraw 5000")).message).toMatch(/only 1,000\.00 CYXWIZ are staked/);
});

test("Ctrl-C ends a node that is still looking for its chain, at once", { timeout: 30_000 }, async () => {
  const where = ["--wallet", node.path, "--data-dir", join(market.directory, "waiting"), "--compute-score", "10"];
  const child = spawn(process.execPath, [LAUNCHER, "node", ...where, "--rpc-url", NOWHERE, "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [output, errors] = [text(child.stdout), text(child.stderr)];
  child.stderr.once("data", () => child.kill("SIGINT"));
  expect(await once(child, "exit")).toEqual([130, null]);
  expect(lastOf(await output)).toMatchObject({ event: "error", code: "ABORTED" });
  expect(await errors).not.toContain("    at ");
});
