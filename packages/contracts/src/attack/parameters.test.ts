import { beforeAll, describe, expect, test } from "vitest";
import { DEFAULT_PLATFORM_PARAMETERS } from "../economy.ts";
import { getUpdatePlatformInstructionAsync } from "../generated/job-escrow/index.ts";
import { bytes, createMint, emptyChain, initializePlatform, World } from "../testing/world.ts";
import { Job } from "./testing/job.ts";
import { rehearse, trustSigners } from "./testing/verdict.ts";

const OUT_OF_RANGE = "jobEscrow.parameterOutOfRange";
/** Shares above one whole, a discount that is none, times that overflow or pass before they begin, bounds that fall. */
const SENSELESS = [
  { feeBps: 10_001 },
  { feeBps: 700 },
  { cancelFeeBps: 10_001 },
  { timeoutSeconds: 59n },
  { minimumTimeoutSeconds: 0n },
  { challengeWindowSeconds: -1n },
  { evidenceWindowSeconds: -1n },
  { appealWindowSeconds: 2n ** 62n },
  { arbitrationWindowSeconds: -1n },
  { timeoutSeconds: 2n ** 62n },
  { stakeBounds: [3n, 2n, 4n] },
];

describe("the platform's parameters", () => {
  test("must make sense when it is set up, with a mint that nobody can freeze and a treasury of it", async () => {
    const chain = await emptyChain();
    trustSigners(chain);
    const [admin, coordinator] = [await chain.wallet(), await chain.wallet()];
    const mint = await createMint(chain, admin);
    const token = await chain.tokenAccount(admin.address, mint, admin);
    const freezable = await createMint(chain, admin, admin.address);
    const freezableToken = await chain.tokenAccount(admin.address, freezable, admin);
    const good = { admin, coordinator, mint, treasury: token, insurance: token };
    const verdict = async (input: typeof good, parameters = {}) =>
      rehearse(chain, admin.address, await initializePlatform(input, parameters));
    const bad = { ...good, mint: freezable, treasury: freezableToken, insurance: freezableToken };
    expect(await verdict(bad)).toBe("jobEscrow.wrongMint");
    expect(await verdict({ ...good, treasury: freezableToken })).toBe("jobEscrow.wrongTreasury");
    for (const parameters of SENSELESS) expect(await verdict(good, parameters)).toBe(OUT_OF_RANGE);
    expect(await verdict(good)).toBe("ok");
  });

  test("must make sense when they are changed, and are set up once", async () => {
    const world = await World.open();
    const { chain, admin } = world;
    trustSigners(chain);
    for (const parameters of SENSELESS) {
      const given = { ...DEFAULT_PLATFORM_PARAMETERS, ...parameters, admin };
      expect(rehearse(chain, admin.address, await getUpdatePlatformInstructionAsync(given))).toBe(OUT_OF_RANGE);
    }
    expect(rehearse(chain, admin.address, await initializePlatform(world))).toBe("jobEscrow.alreadyExists");
  });
});

describe("anchor_root", () => {
  let job: Job;
  beforeAll(async () => {
    job = await Job.at("Running");
    await job.must(["anchorRoot", { leafCount: 3 }]);
  });

  test.each([
    [0, "jobEscrow.rootNotMonotonic"],
    [2, "jobEscrow.rootNotMonotonic"],
    [3, "jobEscrow.rootNotMonotonic"],
    [4, "ok"],
    [5, "ok"],
    [6, OUT_OF_RANGE],
    [2 ** 32 - 1, OUT_OF_RANGE],
  ])("of %i checkpoints after three of five: %s", async (leafCount, verdict) => {
    expect(await job.rehearse("anchorRoot", { leafCount })).toBe(verdict);
  });

  test("an empty root is none", async () => {
    expect(await job.rehearse("anchorRoot", { leafCount: 4, root: bytes(0) })).toBe("jobEscrow.fieldEmpty");
  });

  test("what comes in between does not change the price of a cancellation", async () => {
    expect(await job.rehearse("cancelRunning", { leafCount: 2 })).toBe("jobEscrow.rootMismatch");
    expect(await job.rehearse("cancelRunning", { leafCount: 4 })).toBe("jobEscrow.rootMismatch");
    expect(await job.rehearse("cancelRunning", { leafCount: 3 })).toBe("ok");
  });
});
