import { execFile, execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { threeClassesCsv } from "cyxwiz/testing";
import { expect, test } from "vitest";
import { clusterForTest, directoryForTest } from "../support/cluster.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const python = process.env.CYXWIZ_PYTHON ?? "python3";

function hasGrpc(): boolean {
  try {
    execFileSync(python, ["-c", "import grpc, grpc_tools"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

test.skipIf(!hasGrpc())(
  "a stock gRPC client in Python pauses and completes a paid job, and stops another",
  { timeout: 180_000 },
  async () => {
    const directory = await directoryForTest();
    const cluster = await clusterForTest();
    const stubs = join(directory, "stubs");
    await mkdir(stubs);
    const protos = ["common", "job", "execution"].map((name) => join("cyxwiz", "protocol", `${name}.proto`));
    const protoc = ["-m", "grpc_tools.protoc", "-I", "proto", `--python_out=${stubs}`, `--grpc_python_out=${stubs}`];
    await run(python, [...protoc, ...protos], { cwd: root });
    await writeFile(join(directory, "data.csv"), threeClassesCsv());
    const { central, engineWallet, environment } = cluster;
    const setup = {
      central: new URL(central.url).host,
      central_certificate: central.certificatePath,
      wallet: engineWallet.signer.address,
      dataset: join(directory, "data.csv"),
      escrow_command: [
        process.execPath,
        "packages/cli/bin/cyxwiz.js",
        "wallet",
        "escrow",
        "--job-terms",
        "-",
        "--json",
      ],
    };
    await writeFile(join(directory, "setup.json"), JSON.stringify(setup));

    const client = join(root, "tests/stock-client/client.py");
    const { stdout } = await run(python, [client, stubs, join(directory, "setup.json")], {
      cwd: root,
      env: { ...process.env, ...environment },
      timeout: 120_000,
    });
    const report = JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
    expect(report.updates).toMatchObject({ complete: 1 });
    expect(report.updates.progress).toBeGreaterThan(0);
    expect(report.weightsBytes).toBeGreaterThan(0);
    const [amount, toNode, toPlatform] = [report.amount, report.paidToNode, report.paidToPlatform].map(BigInt);
    expect(toNode).toBe(((amount as bigint) * 9_000n) / 10_000n);
    expect(toPlatform).toBe(((amount as bigint) * 1_000n) / 10_000n);
    // Its stop is unsigned, so nothing is shared out by what was done.
    expect(report.stopped).toMatchObject({ error: "ABORTED", refunded: report.stopped.amount });
  },
);
