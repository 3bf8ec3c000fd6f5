import { generateKeyPairSigner, type Instruction, lamports } from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import { expect, test } from "vitest";
import { fundedWallet, startChain } from "../testing/chain-fixture.ts";
import { buildAndSign } from "./build-and-sign.ts";
import { fitsTransaction } from "./fits.ts";

test("as many instructions fit as the size of a packet allows, and those can be signed", async () => {
  const { localnet, chain } = await startChain();
  const source = await fundedWallet(localnet);
  const transfers: Instruction[] = [];
  do {
    const destination = (await generateKeyPairSigner()).address;
    transfers.push(getTransferSolInstruction({ source, destination, amount: lamports(1n) }));
  } while (fitsTransaction(transfers, source.address));
  const sizeOf = async (count: number) => {
    const signed = await buildAndSign(chain, { instructions: transfers.slice(0, count), feePayer: source });
    return Buffer.from(signed.wireTransaction, "base64").length;
  };
  expect(transfers.length).toBeGreaterThan(15);
  const size = await sizeOf(transfers.length - 1);
  expect(size).toBeLessThanOrEqual(1_232);
  expect(size).toBeGreaterThan(1_150);
});
