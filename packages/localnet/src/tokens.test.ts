import { zstdDecompressSync } from "node:zlib";
import { type Address, generateKeyPairSigner, type KeyPairSigner } from "@solana/kit";
import { getCreateAccountInstruction } from "@solana-program/system";
import {
  decodeMint,
  decodeToken,
  findAssociatedTokenPda,
  getCreateAssociatedTokenIdempotentInstructionAsync,
  getInitializeMint2Instruction,
  getMintSize,
  getMintToInstruction,
  TOKEN_PROGRAM_ADDRESS,
} from "@solana-program/token";
import { expect, onTestFinished, test } from "vitest";
import { call, startForTest, type TestClient } from "./testing/client.ts";

async function withTokens() {
  const net = await startForTest();
  onTestFinished(() => net.localnet.close());
  const payer = await net.fundedWallet();
  const mint = await generateKeyPairSigner();
  const { account, signature } = await mintTokens(net, payer, mint, 1_234_500_000_000n);
  return { net, payer, mint: mint.address, account, signature };
}

async function mintTokens(net: TestClient, payer: KeyPairSigner, mint: KeyPairSigner, amount: bigint) {
  const space = BigInt(getMintSize());
  const rent = await net.rpc.getMinimumBalanceForRentExemption(space).send();
  const [account] = await findAssociatedTokenPda({
    owner: payer.address,
    mint: mint.address,
    tokenProgram: TOKEN_PROGRAM_ADDRESS,
  });
  const { wire, signature } = await net.sign(payer, [
    getCreateAccountInstruction({
      payer,
      newAccount: mint,
      lamports: rent,
      space,
      programAddress: TOKEN_PROGRAM_ADDRESS,
    }),
    getInitializeMint2Instruction({ mint: mint.address, decimals: 9, mintAuthority: payer.address }),
    await getCreateAssociatedTokenIdempotentInstructionAsync({ payer, owner: payer.address, mint: mint.address }),
    getMintToInstruction({ mint: mint.address, token: account, mintAuthority: payer, amount }),
  ]);
  await net.send(wire);
  await net.localnet.advanceSlots(1);
  return { account, signature };
}

const confirmed = { commitment: "confirmed" } as const;
const finalized = { commitment: "finalized" } as const;

test("balances, supply, holders", async () => {
  const { net, payer, mint, account } = await withTokens();
  const amount = { amount: "1234500000000", decimals: 9, uiAmount: 1234.5, uiAmountString: "1234.5" };
  expect((await net.rpc.getTokenAccountBalance(account, confirmed).send()).value).toEqual(amount);
  expect((await net.rpc.getTokenSupply(mint, confirmed).send()).value).toEqual(amount);
  const largest = await net.rpc.getTokenLargestAccounts(mint, confirmed).send();
  expect(largest.value).toEqual([{ address: account, ...amount }]);
  for (const selected of [{ mint }, { programId: TOKEN_PROGRAM_ADDRESS }]) {
    const held = await net.rpc
      .getTokenAccountsByOwner(payer.address, selected, { ...confirmed, encoding: "jsonParsed" })
      .send();
    expect(held.value).toMatchObject([
      { pubkey: account, account: { data: { parsed: { info: { mint, owner: payer.address, tokenAmount: amount } } } } },
    ]);
  }
});

test("nothing of it is there yet at finalized", async () => {
  const { net, payer, mint, account } = await withTokens();
  expect((await net.rpc.getAccountInfo(account, { ...finalized, encoding: "base64" }).send()).value).toBeNull();
  await expect(net.rpc.getTokenSupply(mint, finalized).send()).rejects.toThrow("could not find mint");
  const held = { programId: TOKEN_PROGRAM_ADDRESS };
  const before = await net.rpc
    .getTokenAccountsByOwner(payer.address, held, { ...finalized, encoding: "base64" })
    .send();
  expect(before.value).toEqual([]);
  await net.localnet.advanceSlots(31);
  const after = await net.rpc.getTokenAccountsByOwner(payer.address, held, { ...finalized, encoding: "base64" }).send();
  expect(after.value).toHaveLength(1);
});

test("every encoding gives the same account", async () => {
  const { net, mint, account } = await withTokens();
  const info = async (key: Address, encoding: "base64" | "base64+zstd" | "base58") =>
    (await net.rpc.getAccountInfo(key, { ...confirmed, encoding: encoding as "base64" }).send()).value!.data;
  const [base64] = await info(mint, "base64");
  const [base58, name] = await info(mint, "base58");
  const [zstd] = await info(mint, "base64+zstd");
  expect(name).toBe("base58");
  expect(base58.length).toBeGreaterThan(82);
  expect(zstdDecompressSync(Buffer.from(zstd, "base64")).toString("base64")).toBe(base64);
  const encoded = { ...(await net.rpc.getAccountInfo(mint, { ...confirmed, encoding: "base64" }).send()).value! };
  expect(encoded).toMatchObject({ owner: TOKEN_PROGRAM_ADDRESS, executable: false, space: 82n });
  const bytes = Buffer.from(base64, "base64");
  expect(
    decodeMint({
      address: mint,
      data: bytes,
      executable: false,
      lamports: encoded.lamports,
      programAddress: encoded.owner,
      space: 82n,
    }).data.decimals,
  ).toBe(9);
  const tokenData = Buffer.from((await info(account, "base64"))[0], "base64");
  expect(
    decodeToken({
      address: account,
      data: tokenData,
      executable: false,
      lamports: encoded.lamports,
      programAddress: encoded.owner,
      space: 165n,
    }).data.amount,
  ).toBe(1_234_500_000_000n);
  const parsed = await net.rpc.getAccountInfo(mint, { ...confirmed, encoding: "jsonParsed" }).send();
  expect(parsed.value!.data).toMatchObject({
    program: "spl-token",
    parsed: { type: "mint", info: { decimals: 9, supply: "1234500000000" } },
  });
  const sliced = await net.rpc
    .getMultipleAccounts([mint, account], { ...confirmed, encoding: "base64", dataSlice: { offset: 44, length: 1 } })
    .send();
  expect(sliced.value.map((found) => Buffer.from(found!.data[0], "base64").length)).toEqual([1, 1]);
  const { error } = await call(net.localnet.rpcUrl, "getAccountInfo", [account, { ...confirmed, encoding: "base58" }]);
  expect(error).toMatchObject({ code: -32600, message: expect.stringContaining("less than 128 bytes") });
});

test("program accounts pass through filters", async () => {
  const { net, mint, account } = await withTokens();
  const find = async (filters: unknown[]) => {
    const params = [TOKEN_PROGRAM_ADDRESS, { ...confirmed, encoding: "base64", filters }];
    const { result, error } = await call(net.localnet.rpcUrl, "getProgramAccounts", params);
    return error ?? (result as { pubkey: string }[]).map(({ pubkey }) => pubkey);
  };
  expect(await find([{ dataSize: 165 }])).toEqual([account]);
  expect(await find([{ memcmp: { offset: 0, bytes: mint } }])).toEqual([account]);
  expect(
    await find([
      { dataSize: 165 },
      { memcmp: { offset: 64, bytes: Buffer.alloc(8).toString("base64"), encoding: "base64" } },
    ]),
  ).toEqual([]);
  expect(await find([{ dataSize: 82 }])).toEqual([mint]);
  expect(await find([{ tokenAccountState: null }])).toEqual([account]);
  expect(await find([{ memcmp: { offset: 0, bytes: "0OIl" } }])).toMatchObject({ code: -32602 });
  expect(await find(Array(5).fill({ dataSize: 1 }))).toMatchObject({
    code: -32602,
    message: "Too many filters provided; max 4",
  });
  const typed = await net.rpc
    .getProgramAccounts(TOKEN_PROGRAM_ADDRESS, { ...confirmed, encoding: "base64", withContext: true })
    .send();
  expect(typed.value).toHaveLength(2);
});

test("a transaction tells what it did to tokens", async () => {
  const { net, payer, mint, account, signature } = await withTokens();
  const found = await net.rpc
    .getTransaction(signature, { ...confirmed, encoding: "json", maxSupportedTransactionVersion: 0 })
    .send();
  const keys = found!.transaction.message.accountKeys;
  expect(found!.meta).toMatchObject({
    err: null,
    fee: 10_000n,
    preTokenBalances: [],
    postTokenBalances: [
      {
        accountIndex: keys.indexOf(account),
        mint,
        owner: payer.address,
        programId: TOKEN_PROGRAM_ADDRESS,
        uiTokenAmount: { amount: "1234500000000" },
      },
    ],
    innerInstructions: [{ index: 2 }],
  });
  expect(found!.meta!.preBalances[0]! - found!.meta!.postBalances[0]!).toBe(10_000n + 1_461_600n + 2_039_280n);
});
