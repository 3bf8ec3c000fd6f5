import { z } from "zod";
import { type AccountEncoding, encodeAccount } from "../../encoding/account.ts";
import { SYSTEM_PROGRAM } from "../../ledger/account.ts";
import { matchesFilters } from "../account-filter.ts";
import { readCommitment, withContext } from "../context.ts";
import { type MethodTable, method } from "../method.ts";
import { accountConfig, accountFilter, address, contextConfig, readConfig, slot } from "../params.ts";
import { invalidParams } from "../rpc-error.ts";

const MAX_ADDRESSES = 100;
const MAX_FILTERS = 4;
const LARGEST = 20;

const infoConfig = z.object(accountConfig).nullish();
const programConfig = z.object({
  ...accountConfig,
  filters: z.array(accountFilter).nullish(),
  withContext: z.boolean().nullish(),
});

export const accountMethods: MethodTable = {
  getAccountInfo: method(z.tuple([address, infoConfig]), (host, key, config) => {
    const commitment = readCommitment(host, config);
    const account = host.ledger.accountAt(key, commitment);
    return withContext(
      host,
      commitment,
      account && encodeAccount(account, view(config), (a) => host.ledger.accountAt(a, commitment)),
    );
  }),

  getMultipleAccounts: method(z.tuple([z.array(address), infoConfig]), (host, keys, config) => {
    if (keys.length > MAX_ADDRESSES) throw invalidParams(`Too many inputs provided; max ${MAX_ADDRESSES}`);
    const commitment = readCommitment(host, config);
    const read = (key: (typeof keys)[number]) => host.ledger.accountAt(key, commitment);
    const accounts = keys.map((key) => {
      const account = read(key);
      return account && encodeAccount(account, view(config, "base64"), read);
    });
    return withContext(host, commitment, accounts);
  }),

  getBalance: method(z.tuple([address, readConfig]), (host, key, config) => {
    const commitment = readCommitment(host, config);
    return withContext(host, commitment, host.ledger.accountAt(key, commitment)?.lamports ?? 0n);
  }),

  getProgramAccounts: method(z.tuple([address, programConfig.nullish()]), (host, program, config) => {
    const commitment = readCommitment(host, config);
    const filters = config?.filters ?? [];
    if (filters.length > MAX_FILTERS) throw invalidParams(`Too many filters provided; max ${MAX_FILTERS}`);
    const read = (key: typeof program) => host.ledger.accountAt(key, commitment);
    const found = [...host.ledger.programAccountsAt(program, commitment)]
      .filter(([, account]) => matchesFilters(account, filters))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([pubkey, account]) => ({ pubkey, account: encodeAccount(account, view(config), read) }));
    return config?.withContext ? withContext(host, commitment, found) : found;
  }),

  getMinimumBalanceForRentExemption: method(z.tuple([slot, readConfig]), (host, space) =>
    host.ledger.bank.minimumBalance(space),
  ),

  getLargestAccounts: method(
    z.tuple([z.object({ ...contextConfig, filter: z.string().nullish() }).nullish()]),
    (host, config) => {
      const commitment = readCommitment(host, config);
      const largest = [...host.ledger.programAccountsAt(SYSTEM_PROGRAM, commitment)]
        .filter(
          ([key]) => config?.filter == null || (key === host.faucet.address) === (config.filter === "nonCirculating"),
        )
        .sort(([, a], [, b]) => (b.lamports > a.lamports ? 1 : -1))
        .slice(0, LARGEST)
        .map(([key, { lamports }]) => ({ address: key, lamports }));
      return withContext(host, commitment, largest);
    },
  ),
};

/** How to show accounts; a validator's default is base58 without saying so (`binary`), except where many are asked for. */
function view(config: z.output<typeof infoConfig>, byDefault: AccountEncoding = "binary") {
  return { encoding: config?.encoding ?? byDefault, dataSlice: config?.dataSlice };
}
