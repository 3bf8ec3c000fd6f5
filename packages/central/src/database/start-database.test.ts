import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDatabase } from "./start-database.ts";

let dataDir: string;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "cyxwiz-database-"));
});

afterAll(() => rm(dataDir, { recursive: true, force: true }));

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const MODULE = fileURLToPath(new URL("./start-database.ts", import.meta.url));
const HOLDER = `
  const { startDatabase } = await import(${JSON.stringify(MODULE)});
  const { url } = await startDatabase({ dataDir: process.argv[1] });
  process.stdout.write(url);
  setInterval(() => {}, 1000);`;

test("data stay when it is stopped, and when its user is killed at once", async () => {
  const first = await startDatabase({ dataDir });
  await query(first.url, "create table kept (n int)");
  await first.close();

  const holder = spawn(process.execPath, ["--input-type=module", "-e", HOLDER, dataDir], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(holder.stdout, "data")) as [Buffer];
  await query(url.toString(), "insert into kept values (7)");
  const busy = startDatabase({ dataDir, waitMs: 100 });
  await expect(busy).rejects.toMatchObject({ code: "CONFIG_INVALID", context: { source: "dataDir" } });
  holder.kill("SIGKILL");
  await once(holder, "exit");

  // Its server ends with it; a new one waits for that.
  const second = await startDatabase({ dataDir });
  expect(await query(second.url, "select n from kept")).toEqual([{ n: 7 }]);
  await second.close();
});

test("the lock of a server that is gone does not stop the next one", async () => {
  // This process is alive, but no database server.
  await writeFile(join(dataDir, "postgres", "data", "postmaster.pid"), `${process.pid}\n`);
  const database = await startDatabase({ dataDir });
  expect(database.url).toMatch(/@127\.0\.0\.1:\d+\//);
  await database.close();
});

test("only who has the password gets in", async () => {
  const database = await startDatabase({ dataDir });
  const wrong = database.url.replace(/:[^:@]+@/, ":wrong@");
  await expect(query(wrong, "select 1")).rejects.toMatchObject({ code: "28P01" });
  await database.close();
});
