import { TOKEN_ACCOUNTS } from "./cast.ts";
import { type Model, openToken, type Token } from "./model/state.ts";

/** What anybody can do with token accounts without any of our programs. */
export const TOKEN_DEEDS = ["donate", "donate", "donate", "close", "open", "open", "giveAway", "takeBack"] as const;

export interface TokenDeed {
  readonly what: "donate" | "close" | "open" | "own";
  readonly account: string;
  /** Where tokens go, or who owns the account afterwards. */
  readonly to: string;
  readonly amount: bigint;
}

const at = <T>(from: readonly T[], index: number): T => from[index % from.length] as T;

/** Accounts that their owners may close, or give away with everything in it. */
const MOVABLE = Object.keys(TOKEN_ACCOUNTS).filter((name) => !/^(admin|stranger|coordinator|arbiter)\./.test(name));

/** The deed, if it can be done now. */
export function tokenDeed(
  kind: (typeof TOKEN_DEEDS)[number],
  model: Model,
  choice: number,
  amount: bigint,
): TokenDeed | undefined {
  if (kind === "donate") {
    const purses = [...model.tokens].filter(([, token]) => token.open && token.mint === "mint");
    const from = at(["stranger.token", "payer0.token", "node0.token", "admin.token"], choice);
    const [to] = at(purses, choice);
    const there = openToken(model, from)?.amount ?? 0n;
    const given = amount < there ? amount : there > 0n ? 1n : 0n;
    return to === from || given === 0n ? undefined : { what: "donate", account: from, to, amount: given };
  }
  const wanted = MOVABLE.filter((name) => {
    const token = openToken(model, name);
    if (kind === "open") return token === undefined;
    return token !== undefined && (kind !== "takeBack" || token.owner !== TOKEN_ACCOUNTS[name]);
  });
  if (wanted.length === 0) return undefined;
  const account = at(wanted, choice);
  const token = model.tokens.get(account) as Token;
  const owner = TOKEN_ACCOUNTS[account] as string;
  switch (kind) {
    case "open":
      return { what: "open", account, to: owner, amount: 0n };
    case "close": {
      const spare = account.endsWith(".token") ? account.replace(".token", ".spare") : `${token.owner}.token`;
      const possible = openToken(model, spare) !== undefined && spare !== account;
      return possible ? { what: "close", account, to: spare, amount: token.amount } : undefined;
    }
    case "giveAway":
      return token.owner === owner ? { what: "own", account, to: "stranger", amount: 0n } : undefined;
    case "takeBack":
      return { what: "own", account, to: owner, amount: 0n };
  }
}
