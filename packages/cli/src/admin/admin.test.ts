import { tokenAllowance } from "@cyxwiz/chain";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { KeyFile } from "../cluster/keys.ts";
import { DAY_SECONDS, Market, TOKEN } from "../testing/market.ts";

let market: Market;
let admin: KeyFile;
beforeAll(async () => {
  market = await Market.open();
  admin = market.admin;
});
afterAll(() => market?.close());

test("parameters are shown as they are written, and changed by name", async () => {
  const shown = await market.shown(admin, "admin params");
  expect(shown).toMatch(/feeBps +1000 \(10 %\)/);
  expect(shown).toMatch(/withdrawalSeconds +14d/);
  expect(shown).toMatch(/stakeMinimums +50\.00, 200\.00, 1,000\.00, 5,000\.00 CYXWIZ/);
  const changes = ["feeBps=900", "appealDeposit=12.5", "stakeBounds=1,2,3", "lockSeconds=3d"];
  expect(await market.run(admin, "admin params --set", ...changes)).toMatchObject({
    escrow: { feeBps: 900, diamondFeeBps: 800, appealDeposit: "12500000000", stakeBounds: ["1", "2", "3"].map(units) },
    registry: { lockSeconds: `${3n * DAY_SECONDS}`, withdrawalSeconds: `${14n * DAY_SECONDS}` },
  });
  for (const bad of ["feeBps=10001", "feeBps", "nonsense=1", "lockSeconds=soon", "stakeBounds=1,2"]) {
    expect(await market.refused(admin, "admin params --set", bad)).toMatchObject({ exit: 2, code: "CONFIG_INVALID" });
  }
  // What the programs themselves refuse: a fee for diamonds above the fee.
  expect(await market.refused(admin, "admin params --set diamondFeeBps=901")).toMatchObject({ exit: 1 });
});

const units = (tokens: string) => `${BigInt(tokens) * TOKEN}`;

test("pausing stops new nodes, and nobody else can pause", async () => {
  const [node, stranger] = await Promise.all([market.wallet("node", 1_000n), market.wallet("stranger")]);
  expect(await market.refused(stranger, "admin pause")).toMatchObject({ exit: 1, code: "WRONG_WALLET" });
  await market.run(admin, "admin pause");
  expect(await market.run(admin, "admin params")).toMatchObject({ authorities: { takesEscrows: false } });
  expect(await market.refused(node, "node register")).toMatchObject({ exit: 1, code: "TRANSACTION_FAILED" });
  expect(await market.run(admin, "admin resume --program registry")).toMatchObject({ programs: ["registry"] });
  expect(await market.run(node, "node register")).toMatchObject({ event: "registered" });
  await market.run(admin, "admin resume");
});

test("a node is slashed with evidence, suspended after three failures, and reinstated when its time is over", async () => {
  const node = await market.wallet("careless", 1_000n);
  const wallet = node.signer.address;
  await market.run(node, "node register");
  await market.run(node, "node stake 1000");
  const slash = (digit: string) =>
    market.run(admin, `admin slash ${wallet} --yes --reason failed --evidence ${digit.repeat(64)}`);
  expect(await slash("1")).toMatchObject({ event: "slashed", amount: `${100n * TOKEN}`, status: "active" });
  const twice = await market.refused(admin, `admin slash ${wallet} --yes --reason failed --evidence ${"1".repeat(64)}`);
  expect(twice).toMatchObject({ exit: 1, code: "TRANSACTION_FAILED" });
  await slash("2");
  expect(await slash("3")).toMatchObject({ status: "suspended" });
  expect((await market.refused(node, "node reinstate")).message).toMatch(/suspended until/);
  await market.later(30n * DAY_SECONDS);
  await market.run(node, "node reinstate");
  expect(await market.run(node, "node status")).toMatchObject({ status: "Active" });
  const { slashes } = (await market.run(node, "node earnings")) as { slashes: { evidence: string }[] };
  expect(slashes.map(({ evidence }) => evidence[0])).toEqual(["3", "2", "1"]);
});

test("what Central may spend of the fees goes to a new coordinator, and from the old one", async () => {
  const { treasury } = market.platform;
  const next = (await market.wallet("next")).signer.address;
  expect(await market.refused(market.coordinator, "admin allow-audits 5")).toMatchObject({ code: "WRONG_WALLET" });
  expect(await market.run(admin, "admin allow-audits 5")).toMatchObject({ amount: units("5") });
  await market.run(admin, `admin set-authorities --coordinator ${next}`);
  const allowed = { owner: admin.signer.address, allowed: 5n * TOKEN };
  expect(await tokenAllowance(market.chain, treasury)).toMatchObject({ ...allowed, delegate: next });
});

test("the platform is handed over in two steps, with all its programs; the old admin is out", async () => {
  const heir = await market.wallet("heir");
  const address = heir.signer.address;
  expect(await market.refused(heir, "admin accept-admin")).toMatchObject({ exit: 1, code: "NOT_POSSIBLE_NOW" });
  await market.run(admin, `admin propose-admin ${address}`);
  await market.run(admin, "admin propose-admin --withdraw");
  expect(await market.refused(heir, "admin accept-admin")).toMatchObject({ exit: 1, code: "NOT_POSSIBLE_NOW" });
  const programs = ["escrow", "registry", "reputation"];
  expect(await market.run(admin, `admin propose-admin ${address}`)).toMatchObject({ programs });
  expect(await market.run(heir, "admin accept-admin")).toMatchObject({ admin: address, programs });
  expect(await market.refused(admin, "admin pause")).toMatchObject({ exit: 1 });
  const changed = await market.run(heir, `admin set-authorities --arbiter ${address} --coordinator ${address}`);
  expect(changed).toMatchObject({ arbiter: address, coordinator: address, treasury: market.platform.treasury });
  // The fees are not the heir's.
  expect(changed).toMatchObject({ oldCoordinatorMaySpend: units("5") });
  expect(await market.refused(heir, "admin set-authorities")).toMatchObject({ exit: 2 });
  const noAccount = await market.refused(heir, `admin set-authorities --treasury ${address}`);
  expect(noAccount).toMatchObject({ exit: 2, message: expect.stringContaining("no token account of CYXWIZ") });
  expect(await market.run(heir, "admin migrate")).toMatchObject({ accounts: [] });
});
