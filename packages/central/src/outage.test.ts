import { get } from "node:https";
import { expect, test } from "vitest";
import { TestEngine } from "./testing/test-engine.ts";
import { TestNode } from "./testing/test-node.ts";
import { TestWorld } from "./testing/test-world.ts";

function fetchPath(world: TestWorld, path = "/health"): Promise<{ status: number; body: string }> {
  const { certificatePem } = world.central.certificate;
  return new Promise((resolve, reject) => {
    get(world.central.url + path, { ca: certificatePem }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
    }).on("error", reject);
  });
}

test("without the chain, then without the database, callers are told so, and Central stays up until it is stopped", async () => {
  const world = await TestWorld.start();
  const [node, engine] = await Promise.all([TestNode.join(world), TestEngine.create(world)]);
  expect(await fetchPath(world)).toEqual({ status: 200, body: '{"database":true,"chain":true}' });

  const { body } = await fetchPath(world, "/metrics");
  expect(body).toContain('cyxwiz_nodes{online="true"} 1\n');
  for (const name of ["events_waiting", "reputation_outcomes_waiting", "reputation_batches_open"]) {
    expect(body).toMatch(new RegExp(`^cyxwiz_${name} \\d+$`, "m"));
  }
  expect((await fetchPath(world, "/else")).status).toBe(404);

  await world.localnet.close();
  await expect(engine.submit()).rejects.toMatchObject({ code: "UNREACHABLE" });
  // What needs no chain goes on.
  expect((await node.calls.heartbeat({ nodeId: node.nodeId })).keepAlive).toBe(true);
  expect(await fetchPath(world)).toEqual({ status: 503, body: '{"database":true,"chain":false}' });

  await world.database.close();
  await expect(engine.jobs.getJobStatus({ jobId: crypto.randomUUID() })).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect(node.calls.heartbeat({ nodeId: node.nodeId })).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(await fetchPath(world)).toEqual({ status: 503, body: '{"database":false,"chain":false}' });
  expect((await fetchPath(world, "/metrics")).status).toBe(503);

  engine.close();
  node.close();
  await world.close();
}, 60_000);

test("Central does not start without its chain, its platform or its coordinator's key, and says what is missing", async () => {
  const world = await TestWorld.start();
  await expect(world.startCentral({ rpcUrl: "http://127.0.0.1:9" })).rejects.toMatchObject({ code: "UNREACHABLE" });
  await expect(world.startCentral({ coordinatorKeypair: "/nowhere" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
  const gone = world.database.url.replace(/:\d+\//, ":9/");
  await expect(world.startCentral({ databaseUrl: gone })).rejects.toMatchObject({ code: "UNREACHABLE" });
  const jobEscrowProgram = world.admin.address;
  await expect(world.startCentral({ jobEscrowProgram })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  await world.close();
});
