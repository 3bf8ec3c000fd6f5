import { describe, expect, test } from "vitest";
import { JOB_ESCROW_PROGRAM_ADDRESS, NodeFault } from "../generated/job-escrow/index.ts";
import { NODE_REGISTRY_PROGRAM_ADDRESS } from "../generated/node-registry/index.ts";
import { JOB_MOVES, Job } from "./testing/job.ts";
import { addRelay, relayed } from "./testing/relay.ts";
import { Snapshot } from "./testing/snapshot.ts";
import { rehearse, run } from "./testing/verdict.ts";

describe("a stranger's program between the caller and ours", () => {
  test("gives nobody a right that they did not sign for", async () => {
    const job = await Job.at("Proven");
    const { chain } = job.world;
    const relay = await addRelay(chain);
    const stranger = (await chain.wallet()).address;
    for (const move of JOB_MOVES) {
      const { accounts = [], ...rest } = await job.build(move);
      // Nobody but a stranger signs; whoever should have stands there without a signature.
      const unsigned = accounts.map(({ address, role }) => ({ address, role: role & 1 }));
      const verdict = rehearse(chain, stranger, relayed(relay, { ...rest, accounts: unsigned }));
      expect(verdict, move).not.toBe("ok");
    }
  });

  test("cannot pay twice in one transaction", async () => {
    const job = await Job.at("Proven");
    const { chain, admin } = job.world;
    const relay = await addRelay(chain);
    const complete = await job.build("completePayment");
    const before = new Snapshot(chain, complete, admin.address);
    expect(run(chain, admin.address, relayed(relay, complete), relayed(relay, complete))).toBe(
      "jobEscrow.illegalState",
    );
    expect(before.changed).toEqual([]);
    expect(rehearse(chain, admin.address, relayed(relay, complete))).toBe("ok");
  });

  test("runs into the depth that calls may have, and changes nothing then", async () => {
    const job = await Job.at("Running");
    await job.must(["refundEscrow", { fault: NodeFault.Failed }]);
    const { chain, admin } = job.world;
    const relay = await addRelay(chain);
    // Ours calls the registry, which calls the token program: two more than the two of the stranger.
    const report = await job.build("reportFault");
    expect(rehearse(chain, admin.address, relayed(relay, report, 2))).toBe("ok");
    for (const times of [3, 4]) {
      const before = new Snapshot(chain, report, admin.address);
      expect(run(chain, admin.address, relayed(relay, report, times))).toBe("CallDepth");
      expect(before.changed).toEqual([]);
    }
  });
});

describe("a registry that calls back", () => {
  test("is stopped by the runtime: a program is not entered again from another that it called", async () => {
    const job = await Job.at("Created");
    const { chain, admin } = job.world;
    // The platform's own registry program is replaced; nothing less leads to a call of another one.
    await addRelay(chain, NODE_REGISTRY_PROGRAM_ADDRESS);
    const { accounts = [], ...rest } = await job.build("startEscrow");
    // Of what is passed on, the registry's own account is the one that only the registry looks at.
    const at = accounts.findIndex(({ address }) => address === job.world.registry);
    const back = { ...rest, accounts: accounts.with(at, { address: JOB_ESCROW_PROGRAM_ADDRESS, role: 0 }) };
    const before = new Snapshot(chain, back, admin.address);
    job.world.chain.nextSlot();
    expect(run(chain, admin.address, back)).toBe("ReentrancyNotAllowed");
    expect(before.changed).toEqual([]);
  });

  test("that is not the platform's is not called at all", async () => {
    const job = await Job.at("Created");
    const relay = await addRelay(job.world.chain);
    job.world.chain.nextSlot();
    expect(await job.rehearse("startEscrow", { registryProgram: relay })).toBe("jobEscrow.wrongRegistry");
  });
});
