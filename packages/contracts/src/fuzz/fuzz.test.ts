import { expect, test } from "vitest";
import { Arena, describeFindings } from "./campaign.ts";
import { RULES } from "./model/rules.ts";

const SEED = 20_261_124;
const STEPS = 20_000;

/** Nobody can make the chain take these: the platform's address has no key, nothing is of an old version, rewards are open. */
const NEVER_TAKEN = ["jobStarted", "jobEnded", "slashForJob", "migrate", "openRewards"];

test(`chain and model agree for ${STEPS} random steps (seed ${SEED})`, { timeout: 180_000 }, async () => {
  const findings = await (await Arena.open()).campaign({ seed: SEED, steps: STEPS });
  console.log(describeFindings({ seed: SEED }, findings));
  expect(findings.failure, describeFindings({ seed: SEED }, findings)).toBeUndefined();
  const neverTaken = [...Object.keys(RULES.escrow), ...Object.keys(RULES.registry)].filter(
    (name) => (findings.counts.get(name)?.[0] ?? 0) === 0,
  );
  expect(neverTaken.sort()).toEqual([...NEVER_TAKEN].sort());
});
