import type { Address } from "@solana/kit";
import { z } from "zod";
import { encodeAccount } from "../../encoding/account.ts";
import type { StoredAccount } from "../../ledger/account.ts";
import type { Commitment } from "../../ledger/commitment.ts";
import { uiTokenAmount } from "../../ledger/token-balance.ts";
import { mintState, TOKEN_PROGRAMS, tokenAccountState } from "../../ledger/token-state.ts";
import { readCommitment, withContext } from "../context.ts";
import type { Localhost } from "../localhost.ts";
import { type MethodTable, method } from "../method.ts";
import { accountConfig, address, readConfig } from "../params.ts";
import { invalidParams } from "../rpc-error.ts";

const LARGEST = 20;

const selection = z.union([z.object({ mint: address }), z.object({ programId: address })]);
const byHolder = z.tuple([address, selection, z.object(accountConfig).nullish()]);

export const tokenMethods: MethodTable = {
  getTokenAccountBalance: method(z.tuple([address, readConfig]), (host, key, config) => {
    const commitment = readCommitment(host, config);
    const account = host.ledger.accountAt(key, commitment);
    if (account === null) throw invalidParams("Invalid param: could not find account");
    const token = tokenAccountState(account);
    if (token === null) throw invalidParams("Invalid param: not a Token account");
    return withContext(host, commitment, uiTokenAmount(token.amount, decimalsOf(host, commitment, token.mint)));
  }),

  getTokenSupply: method(z.tuple([address, readConfig]), (host, key, config) => {
    const commitment = readCommitment(host, config);
    const mint = findMint(host, commitment, key).state;
    return withContext(host, commitment, uiTokenAmount(mint.supply, mint.decimals));
  }),

  getTokenLargestAccounts: method(z.tuple([address, readConfig]), (host, key, config) => {
    const commitment = readCommitment(host, config);
    const mint = findMint(host, commitment, key);
    const largest = [...host.ledger.programAccountsAt(mint.program, commitment)]
      .flatMap(([address, account]) => {
        const token = tokenAccountState(account);
        return token?.mint === key ? [{ address, amount: token.amount }] : [];
      })
      .sort((a, b) => (b.amount > a.amount ? 1 : -1))
      .slice(0, LARGEST)
      .map(({ address, amount }) => ({ address, ...uiTokenAmount(amount, mint.state.decimals) }));
    return withContext(host, commitment, largest);
  }),

  getTokenAccountsByOwner: method(byHolder, (host, owner, selected, config) =>
    tokenAccounts(host, selected, config, (token) => token.owner === owner),
  ),

  getTokenAccountsByDelegate: method(byHolder, (host, delegate, selected, config) =>
    tokenAccounts(host, selected, config, (token) => token.delegate === delegate),
  ),
};

function tokenAccounts(
  host: Localhost,
  selected: z.output<typeof selection>,
  config: z.output<typeof byHolder>[2],
  wanted: (token: NonNullable<ReturnType<typeof tokenAccountState>>) => boolean,
) {
  const commitment = readCommitment(host, config);
  const mint = "mint" in selected ? selected.mint : undefined;
  const program = "mint" in selected ? findMint(host, commitment, selected.mint).program : selected.programId;
  if (!(program in TOKEN_PROGRAMS)) throw invalidParams("Invalid param: unrecognized Token program id");
  const view = { encoding: config?.encoding ?? "binary", dataSlice: config?.dataSlice };
  const read = (address: Address): StoredAccount | null => host.ledger.accountAt(address, commitment);
  const found = [...host.ledger.programAccountsAt(program, commitment)]
    .filter(([, account]) => {
      const token = tokenAccountState(account);
      return token !== null && wanted(token) && (mint === undefined || token.mint === mint);
    })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([pubkey, account]) => ({ account: encodeAccount(account, view, read), pubkey }));
  return withContext(host, commitment, found);
}

function findMint(host: Localhost, commitment: Commitment, key: Address) {
  const account = host.ledger.accountAt(key, commitment);
  if (account === null) throw invalidParams("Invalid param: could not find mint");
  const state = mintState(account);
  if (state === null) throw invalidParams("Invalid param: not a Token mint");
  return { program: account.owner, state };
}

function decimalsOf(host: Localhost, commitment: Commitment, mint: Address): number {
  return mintState(host.ledger.accountAt(mint, commitment))?.decimals ?? 0;
}
