import { expect, test } from "vitest";
import { parseConfig } from "./central-config.ts";

const enough = { dataDir: "/tmp/x", rpcUrl: "http://127.0.0.1:8899", coordinatorKeypair: "/tmp/key.json" };

test("defaults are those of the economy", () => {
  expect(parseConfig(enough)).toMatchObject({
    port: 50_051,
    reservationSeconds: 300,
    silenceSeconds: 120,
    escrowDeadlineSeconds: 604_800,
    reputationBatchSize: 100,
    reputationIntervalSeconds: 3_600,
    auditTimeBounds: { minimumBps: 5_000, maximumBps: 20_000 },
  });
});

test("every problem is named at once, unknown options too", () => {
  const wrong = { ...enough, port: 70_000, rpcUrl: "ftp://x", databaseUrl: "mysql://x", colour: "red" };
  const problems = () => parseConfig(wrong);
  for (const name of ["port", "rpcUrl", "databaseUrl", "colour"]) expect(problems).toThrow(name);
});
