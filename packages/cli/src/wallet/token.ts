import { loadKeypairFile } from "@cyxwiz/chain";
import { CENTRAL_AUDIENCE, signWalletToken, WALLET_TOKEN_LIFETIME_SECONDS } from "@cyxwiz/protocol";
import { Command } from "commander";
import { addCommonOptions, addWalletOption, type CommonOptions } from "../options/common.ts";
import { createOutput } from "../output/output.ts";

export function tokenCommand(): Command {
  const command = new Command("token").description(
    `print a bearer token that proves the wallet to Central for ${WALLET_TOKEN_LIFETIME_SECONDS} seconds`,
  );
  return addCommonOptions(addWalletOption(command)).action(async (flags: CommonOptions & { wallet: string }) => {
    const { address, keyPair } = await loadKeypairFile(flags.wallet);
    const token = await signWalletToken({
      wallet: address,
      privateKey: keyPair.privateKey,
      audience: CENTRAL_AUDIENCE,
      nowSeconds: Math.floor(Date.now() / 1000),
    });
    createOutput(flags).tell(token, { event: "token", address, token });
  });
}
