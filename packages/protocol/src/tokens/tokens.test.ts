import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import { expect, test } from "vitest";
import {
  CENTRAL_AUDIENCE,
  parseTokenPublicKey,
  signAuditToken,
  signJobToken,
  signWalletToken,
  verifyAuditToken,
  verifyJobToken,
  verifyWalletToken,
} from "../index.ts";

const NOW = 1_800_000_000;
const TOKEN = { jobId: "job-1", nodeId: "node-1", tokenId: "t-1", expiresAtSeconds: NOW + 300 };

async function keys() {
  const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
  return {
    privateKey: pair.privateKey,
    publicKey: await parseTokenPublicKey(JSON.stringify(await exportJWK(pair.publicKey))),
  };
}

test("a job token says what it was signed for", async () => {
  const { privateKey, publicKey } = await keys();
  const token = await signJobToken(TOKEN, { privateKey, nowSeconds: NOW });
  expect(await verifyJobToken(token, { publicKey, nodeId: "node-1", nowSeconds: NOW + 299 })).toEqual(TOKEN);
});

test("a job token is refused when expired, for another node, or forged", async () => {
  const { privateKey, publicKey } = await keys();
  const token = await signJobToken(TOKEN, { privateKey, nowSeconds: NOW });
  await expect(verifyJobToken(token, { publicKey, nodeId: "node-1", nowSeconds: NOW + 301 })).rejects.toMatchObject({
    code: "TOKEN_EXPIRED",
    context: { expiredAtSeconds: NOW + 300 },
  });
  await expect(verifyJobToken(token, { publicKey, nodeId: "node-2", nowSeconds: NOW })).rejects.toMatchObject({
    code: "TOKEN_WRONG_AUDIENCE",
    context: { expected: "node-2", actual: "node-1" },
  });
  const forged = await signJobToken(TOKEN, { privateKey: (await keys()).privateKey, nowSeconds: NOW });
  await expect(verifyJobToken(forged, { publicKey, nowSeconds: NOW })).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  const [, payload] = token.split(".");
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`;
  await expect(verifyJobToken(unsigned, { publicKey, nowSeconds: NOW })).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
});

test("an audit token is for reading one job on one node, and opens no session", async () => {
  const { privateKey, publicKey } = await keys();
  const audit = { ...TOKEN, expiresAtSeconds: NOW + 900 };
  const token = await signAuditToken(audit, { privateKey, nowSeconds: NOW });
  const check = (nodeId: string, nowSeconds: number) => verifyAuditToken(token, { publicKey, nodeId, nowSeconds });
  expect(await check("node-1", NOW + 899)).toEqual(audit);
  await expect(check("node-2", NOW)).rejects.toMatchObject({ code: "TOKEN_WRONG_AUDIENCE" });
  await expect(check("node-1", NOW + 901)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
  await expect(verifyJobToken(token, { publicKey, nodeId: "node-1", nowSeconds: NOW })).rejects.toMatchObject({
    code: "TOKEN_INVALID",
  });
});

test("a job token is no audit token, nor is one that another key signed", async () => {
  const { privateKey, publicKey } = await keys();
  const options = { publicKey, nodeId: "node-1", nowSeconds: NOW };
  const job = await signJobToken(TOKEN, { privateKey, nowSeconds: NOW });
  await expect(verifyAuditToken(job, options)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
  const forged = await signAuditToken(TOKEN, { privateKey: (await keys()).privateKey, nowSeconds: NOW });
  await expect(verifyAuditToken(forged, options)).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});

function wallet() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const bytes = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  return { privateKey: webCryptoKey(privateKey), address: bytes.toString("hex") };
}

function webCryptoKey(key: KeyObject) {
  return key.toCryptoKey("Ed25519", true, ["sign"]) as CryptoKey;
}

const decodeAddress = (address: string) => Buffer.from(address, "hex");

test("a wallet token proves its wallet, to its audience, for a short time", async () => {
  const { privateKey, address } = wallet();
  const token = await signWalletToken({ wallet: address, privateKey, audience: CENTRAL_AUDIENCE, nowSeconds: NOW });
  const check = (audience: string, nowSeconds: number) =>
    verifyWalletToken(token, { audience, nowSeconds, decodeAddress });
  expect(await check(CENTRAL_AUDIENCE, NOW)).toBe(address);
  await expect(check("someone-else", NOW)).rejects.toMatchObject({ code: "TOKEN_WRONG_AUDIENCE" });
  await expect(check(CENTRAL_AUDIENCE, NOW + 600)).rejects.toMatchObject({ code: "TOKEN_EXPIRED" });
});

test("a wallet token signed by another key is refused", async () => {
  const token = await signWalletToken({
    wallet: wallet().address,
    privateKey: wallet().privateKey,
    audience: CENTRAL_AUDIENCE,
    nowSeconds: NOW,
  });
  await expect(
    verifyWalletToken(token, { audience: CENTRAL_AUDIENCE, nowSeconds: NOW, decodeAddress }),
  ).rejects.toMatchObject({ code: "TOKEN_INVALID" });
});
