import { generateKeyPairSigner } from "@solana/kit";
import { expect, test } from "vitest";
import {
  airdrop,
  createMint,
  createTokenAccount,
  findTokenAccount,
  lamportBalance,
  mintTokens,
  tokenBalance,
  transferTokens,
} from "../index.ts";
import { startChain } from "../testing/chain-fixture.ts";

test("a token's life: made, minted, moved", async () => {
  const { chain } = await startChain({ slotMs: 20 });
  const feePayer = await generateKeyPairSigner();
  const owner = await generateKeyPairSigner();
  const friend = (await generateKeyPairSigner()).address;
  await airdrop(chain, { to: feePayer.address, amountLamports: 10n ** 9n });
  expect(await lamportBalance(chain, feePayer.address)).toBe(10n ** 9n);

  const mint = await createMint(chain, { feePayer });
  expect(await tokenBalance(chain, { owner: owner.address, mint })).toBe(0n);
  const account = await createTokenAccount(chain, { feePayer, owner: owner.address, mint });
  expect(account).toBe(await findTokenAccount({ owner: owner.address, mint }));
  // Again is no error and costs nothing.
  const before = await lamportBalance(chain, feePayer.address);
  await createTokenAccount(chain, { feePayer, owner: owner.address, mint });
  expect(await lamportBalance(chain, feePayer.address)).toBe(before);

  const huge = 2n ** 63n;
  await mintTokens(chain, { feePayer, mint, mintAuthority: feePayer, to: owner.address, amount: huge });
  await transferTokens(chain, { feePayer, mint, from: owner, to: friend, amount: 1n });
  expect(await tokenBalance(chain, { owner: owner.address, mint })).toBe(huge - 1n);
  expect(await tokenBalance(chain, { owner: friend, mint })).toBe(1n);

  const overdraft = transferTokens(chain, { feePayer, mint, from: owner, to: friend, amount: huge });
  await expect(overdraft).rejects.toMatchObject({
    code: "INSUFFICIENT_TOKENS",
    message: expect.stringContaining("holds 9,223,372,036.854775807 CYXWIZ; 9,223,372,036.854775808 are needed"),
  });
  const notTheirs = mintTokens(chain, { feePayer, mint, mintAuthority: owner, to: friend, amount: 1n });
  await expect(notTheirs).rejects.toMatchObject({
    code: "TRANSACTION_FAILED",
    context: { what: "Mint tokens", reason: expect.stringMatching(/owner does not match/i) },
  });
  const poor = await generateKeyPairSigner();
  const unpaid = mintTokens(chain, { feePayer: poor, mint, mintAuthority: poor, to: friend, amount: 1n });
  await expect(unpaid).rejects.toMatchObject({
    context: { reason: `wallet ${poor.address} has too little SOL for fees and rent` },
  });
  const { value } = await chain.rpc.getTokenSupply(mint, { commitment: "confirmed" }).send();
  expect(value).toMatchObject({ amount: huge.toString(), decimals: 9 });
});
