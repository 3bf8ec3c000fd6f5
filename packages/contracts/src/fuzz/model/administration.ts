import type { Case, Rule } from "./case.ts";
import type { Model } from "./state.ts";

/** The account with an authority's settings, of either program. */
interface Office {
  readonly program: "escrow" | "registry";
  readonly account: "platform" | "registry";
  readonly wrong: string;
}

const PLATFORM: Office = { program: "escrow", account: "platform", wrong: "escrow.wrongPlatform" };
const REGISTRY: Office = { program: "registry", account: "registry", wrong: "registry.wrongRegistry" };

const settings = (model: Model, office: Office): Model["platform"] | Model["registry"] => model[office.account];

/** The office's account, writable, and its admin's signature. */
function byAdmin(given: Case, office: Office): void {
  given.writable(office.account);
  given.is(office.account, office.account, office.wrong);
  given.signedBy("admin", settings(given.model, office).admin);
}

const pausing =
  (office: Office): Rule =>
  (given) => {
    byAdmin(given, office);
    given.unless(given.number("paused") <= 1, `${office.program}.parameterOutOfRange`);
    return () => {
      settings(given.model, office).paused = given.number("paused");
    };
  };

const proposing =
  (office: Office): Rule =>
  (given) => {
    byAdmin(given, office);
    return () => {
      settings(given.model, office).pendingAdmin = given.label("newAdmin");
    };
  };

const accepting =
  (office: Office): Rule =>
  (given) => {
    given.writable(office.account);
    given.is(office.account, office.account, office.wrong);
    const pending = settings(given.model, office).pendingAdmin;
    given.signedBy("newAdmin", ...(pending === "" ? [] : [pending]));
    return () => Object.assign(settings(given.model, office), { admin: pending, pendingAdmin: "" });
  };

/** What `update_platform` sets. */
export const PLATFORM_TERMS = [
  "feeBps",
  "diamondFeeBps",
  "cancelFeeBps",
  "timeoutSeconds",
  "minimumTimeoutSeconds",
  "challengeWindowSeconds",
  "evidenceWindowSeconds",
  "appealWindowSeconds",
  "arbitrationWindowSeconds",
  "appealDeposit",
] as const;

const TEN_YEARS = 315_360_000n;

export const setPaused = pausing(PLATFORM);
export const setRegistryPaused = pausing(REGISTRY);
export const proposePlatformAdmin = proposing(PLATFORM);
export const proposeRegistryAdmin = proposing(REGISTRY);
export const acceptPlatformAdmin = accepting(PLATFORM);
export const acceptRegistryAdmin = accepting(REGISTRY);

export const updatePlatform: Rule = (given) => {
  byAdmin(given, PLATFORM);
  const [fee, diamondFee, cancelFee] = ["feeBps", "diamondFeeBps", "cancelFeeBps"].map((name) => given.number(name));
  given.unless(fee! <= 10_000 && diamondFee! <= fee! && cancelFee! <= 10_000, "escrow.parameterOutOfRange");
  const windows = ["challengeWindowSeconds", "evidenceWindowSeconds", "appealWindowSeconds"];
  const times = [...windows.map((name) => given.time(name)), given.time("arbitrationWindowSeconds") - 1n];
  given.unless(
    times.every((time) => time >= 0n && time <= TEN_YEARS),
    "escrow.parameterOutOfRange",
  );
  const [shortest, longest] = [given.time("minimumTimeoutSeconds"), given.time("timeoutSeconds")];
  given.unless(shortest >= 1n && shortest <= longest && longest <= TEN_YEARS, "escrow.parameterOutOfRange");
  return () => {
    for (const name of PLATFORM_TERMS) Object.assign(given.model.platform, { [name]: given.call.args[name] });
  };
};

export const setPlatformAuthorities: Rule = (given) => {
  byAdmin(given, PLATFORM);
  given.unless(given.label("coordinator") !== "", "escrow.parameterOutOfRange", "escrow.fieldEmpty");
  given.unless(given.canReceive("treasury") && given.canReceive("insurance"), "escrow.wrongTreasury");
  return () =>
    Object.assign(given.model.platform, {
      coordinator: given.label("coordinator"),
      arbiter: given.label("arbiter"),
      treasury: given.account("treasury"),
    });
};

/** What `update_registry` sets: shares, then times. */
export const REGISTRY_TERMS = {
  shares: [
    ...(["slashTimeoutBps", "slashInvalidProofBps", "slashFailuresBps", "slashDisputeBps"] as const),
    ...(["insuranceBps", "disputePayerBps", "yieldBps"] as const),
  ],
  times: [
    ...(["lockSeconds", "jobLockSeconds", "withdrawalSeconds", "suspensionSeconds"] as const),
    ...(["failureWindowSeconds", "yieldAfterSeconds"] as const),
  ],
};

export const updateRegistry: Rule = (given) => {
  byAdmin(given, REGISTRY);
  const { shares, times } = REGISTRY_TERMS;
  given.unless(
    shares.every((name) => given.number(name) <= 10_000),
    "registry.parameterOutOfRange",
  );
  given.unless(
    times.every((name) => given.time(name) >= 0n && given.time(name) <= TEN_YEARS),
    "registry.parameterOutOfRange",
  );
  return () => {
    for (const name of [...shares, ...times]) Object.assign(given.model.registry, { [name]: given.call.args[name] });
  };
};

export const setRegistryAuthorities: Rule = (given) => {
  byAdmin(given, REGISTRY);
  const named = ["coordinator", "arbiter", "escrowProgram", "reputationProgram"].map((name) => given.label(name));
  given.unless(!named.includes(""), "registry.fieldEmpty");
  given.unless(given.canReceive("insurance"), "registry.wrongTokenAccount");
  return () => {
    const [coordinator, arbiter, escrowProgram, reputationProgram] = named;
    const insurance = given.account("insurance");
    Object.assign(given.model.registry, { coordinator, arbiter, escrowProgram, reputationProgram, insurance });
  };
};

/** Everything is of the present version. */
export const migrate: Rule = (given) => {
  given.unless(false, "escrow.wrongVersion", "escrow.notWritable", "escrow.wrongSigner", "escrow.wrongEscrow");
  return undefined;
};
