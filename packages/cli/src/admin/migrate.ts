import { sendAndConfirm } from "@cyxwiz/chain";
import { findPlatformAddress, getMigrateInstruction, JOB_ESCROW_PROGRAM_ADDRESS } from "@cyxwiz/contracts";
import type { Address, Base58EncodedBytes } from "@solana/kit";
import { getBase58Decoder } from "@solana/kit";
import { Command } from "commander";
import { checkedArgument } from "../options/checked-option.ts";
import { type ChainContext, withWallet } from "../options/on-chain.ts";
import { address } from "../options/schemas.ts";

/** The versions of the layout that there were before the present one. */
const OLD_VERSIONS = [1];
/** Discriminator and version are an account's first two bytes. */
const VERSION_OFFSET = 1n;
const TOGETHER = 8;

export function migrateCommand(): Command {
  const command = new Command("migrate")
    .description("bring accounts that an older escrow program made up to date; anybody may, and it changes no terms")
    .addArgument(checkedArgument("[address]", "only this account (default: all that there are)", { schema: address }));
  return withWallet<object, [account?: Address]>(command, "payer of the rent", async (context, _flags, account) => {
    const { chain, wallet: payer, output, signal } = context;
    const accounts = account === undefined ? await findOld(context) : [account];
    const signatures: string[] = [];
    for (let start = 0; start < accounts.length; start += TOGETHER) {
      const batch = accounts.slice(start, start + TOGETHER);
      const instructions = batch.map((each) => getMigrateInstruction({ payer, account: each }));
      signatures.push(await sendAndConfirm(chain, { what: "Migrate", instructions, feePayer: payer, signal }));
    }
    const text = accounts.length === 0 ? "everything is up to date" : `${accounts.join("\n")}\nare up to date now`;
    output.tell(`${text}${signatures.map((signature) => `\n  tx ${signature}`).join("")}`, {
      event: "migrated",
      accounts,
      signatures,
    });
  });
}

/** The platform first: without it nobody can make escrows. */
async function findOld({ chain, signal }: ChainContext): Promise<Address[]> {
  const platform = await findPlatformAddress();
  const found = await Promise.all(
    OLD_VERSIONS.map((version) => {
      const bytes = getBase58Decoder().decode(Uint8Array.of(version)) as Base58EncodedBytes;
      return chain.rpc
        .getProgramAccounts(JOB_ESCROW_PROGRAM_ADDRESS, {
          commitment: "confirmed",
          encoding: "base64",
          dataSlice: { offset: 0, length: 0 },
          filters: [{ memcmp: { offset: VERSION_OFFSET, bytes, encoding: "base58" } }],
        })
        .send({ abortSignal: signal });
    }),
  );
  const accounts = found.flat().map(({ pubkey }) => pubkey);
  return [...accounts.filter((account) => account === platform), ...accounts.filter((account) => account !== platform)];
}
