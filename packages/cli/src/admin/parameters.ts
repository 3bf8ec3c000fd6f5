import type { Platform, Registry } from "@cyxwiz/contracts";
import { CyxwizError } from "@cyxwiz/errors";
import { formatAmount, parseAmount } from "../options/amount.ts";
import { formatDuration, parseDuration } from "../options/duration.ts";

/** How a parameter is written: a share of 10,000, a duration, tokens, or several amounts of tokens. */
interface Kind<Value> {
  readonly expected: string;
  parse(text: string): Value | undefined;
  format(value: Value): string;
}

const BASIS_POINTS = 10_000;

const share: Kind<number> = {
  expected: "basis points from 0 to 10000: 250 is 2.5 %",
  parse: (text) => (/^\d{1,5}$/.test(text) && Number(text) <= BASIS_POINTS ? Number(text) : undefined),
  format: (value) => `${value} (${value / 100} %)`,
};
const time: Kind<bigint> = {
  expected: "a duration, such as 90s, 30m, 12h or 7d",
  parse: parseDuration,
  format: formatDuration,
};
const tokens: Kind<bigint> = {
  expected: "tokens, such as 12.5",
  parse: parseAmount,
  format: (value) => `${formatAmount(value)} CYXWIZ`,
};
const tokenList = (count: number): Kind<bigint[]> => ({
  expected: `${count} amounts of tokens with commas between, such as ${["10", "50", "200", "5000"].slice(-count).join()}`,
  parse(text) {
    const amounts = text.split(",").map(parseAmount);
    return amounts.length === count && amounts.every((amount) => amount !== undefined) ? amounts : undefined;
  },
  format: (value) => `${value.map(formatAmount).join(", ")} CYXWIZ`,
});

/** The escrow program's parameters; they hold for escrows made later. */
export const PLATFORM_PARAMETERS = {
  feeBps: share,
  diamondFeeBps: share,
  cancelFeeBps: share,
  timeoutSeconds: time,
  minimumTimeoutSeconds: time,
  challengeWindowSeconds: time,
  evidenceWindowSeconds: time,
  appealWindowSeconds: time,
  arbitrationWindowSeconds: time,
  appealDeposit: tokens,
  stakeBounds: tokenList(3),
  stakeMinimums: tokenList(4),
} as const;

/** The registry's parameters; locks and requests made before keep their times. */
export const REGISTRY_PARAMETERS = {
  lockSeconds: time,
  jobLockSeconds: time,
  withdrawalSeconds: time,
  suspensionSeconds: time,
  failureWindowSeconds: time,
  yieldAfterSeconds: time,
  slashTimeoutBps: share,
  slashInvalidProofBps: share,
  slashFailuresBps: share,
  slashDisputeBps: share,
  insuranceBps: share,
  disputePayerBps: share,
  yieldBps: share,
} as const;

type Values<Table> = { -readonly [Name in keyof Table]: Table[Name] extends Kind<infer Value> ? Value : never };
export type PlatformParameters = Values<typeof PLATFORM_PARAMETERS>;
export type RegistryParameters = Values<typeof REGISTRY_PARAMETERS>;

type AnyKind = Kind<unknown>;
const ALL: Readonly<Record<string, AnyKind>> = { ...PLATFORM_PARAMETERS, ...REGISTRY_PARAMETERS } as never;

/** A parameter's value as people write it. */
export function formatParameter(name: string, value: unknown): string {
  return ALL[name]?.format(value) ?? String(value);
}

/** The parameters among an account's fields. */
export function parametersOf(platform: Platform, registry: Registry): [PlatformParameters, RegistryParameters] {
  const pick = (account: object, table: object) =>
    Object.fromEntries(Object.keys(table).map((name) => [name, (account as Record<string, unknown>)[name]]));
  return [
    pick(platform, PLATFORM_PARAMETERS) as PlatformParameters,
    pick(registry, REGISTRY_PARAMETERS) as RegistryParameters,
  ];
}

/**
 * Reads `key=value` pairs, each to the program whose parameter it is.
 *
 * @throws CyxwizError CONFIG_INVALID naming what is wrong with one
 */
export function parseChanges(pairs: readonly string[]): {
  platform: Partial<PlatformParameters>;
  registry: Partial<RegistryParameters>;
} {
  const platform: Record<string, unknown> = {};
  const registry: Record<string, unknown> = {};
  for (const pair of pairs) {
    const [, name = "", text = ""] = /^([A-Za-z]+)=(.+)$/.exec(pair) ?? [];
    const refuse = (problem: string) => new CyxwizError("CONFIG_INVALID", { source: `--set ${pair}`, problem });
    const kind = Object.hasOwn(ALL, name) ? ALL[name] : undefined;
    if (!kind) throw refuse(`expected key=value with one of the keys ${Object.keys(ALL).join(", ")}`);
    const value = kind.parse(text);
    if (value === undefined) throw refuse(`${name} takes ${kind.expected}`);
    (Object.hasOwn(PLATFORM_PARAMETERS, name) ? platform : registry)[name] = value;
  }
  return { platform, registry };
}
