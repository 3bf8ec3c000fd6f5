import type { Address } from "@solana/kit";
import type { StoredAccount } from "../ledger/account.ts";
import { uiTokenAmount } from "../ledger/token-balance.ts";
import { mintState, TOKEN_PROGRAMS, tokenAccountState } from "../ledger/token-state.ts";

/** A token account or mint as `jsonParsed` gives it; `null` if the account is neither. */
export function parseTokenData(account: StoredAccount, read: (address: Address) => StoredAccount | null) {
  const wrap = (type: string, info: object) => ({
    program: TOKEN_PROGRAMS[account.owner],
    parsed: { info, type },
    space: account.data.length,
  });
  const mint = mintState(account);
  if (mint !== null) {
    const { decimals, freezeAuthority, isInitialized, mintAuthority, supply } = mint;
    return wrap("mint", { decimals, freezeAuthority, isInitialized, mintAuthority, supply: supply.toString() });
  }
  const token = tokenAccountState(account);
  const decimals = token === null ? undefined : mintState(read(token.mint))?.decimals;
  if (token === null || decimals === undefined) return null;
  return wrap("account", {
    ...(token.closeAuthority !== null && { closeAuthority: token.closeAuthority }),
    ...(token.delegate !== null && {
      delegate: token.delegate,
      delegatedAmount: uiTokenAmount(token.delegatedAmount, decimals),
    }),
    isNative: token.nativeReserve !== null,
    mint: token.mint,
    owner: token.owner,
    ...(token.nativeReserve !== null && { rentExemptReserve: uiTokenAmount(token.nativeReserve, decimals) }),
    state: token.state,
    tokenAmount: uiTokenAmount(token.amount, decimals),
  });
}
