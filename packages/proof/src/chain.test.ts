import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { type Epoch, firstBrokenLink, genesisHash, nextHash } from "./index.ts";

const of32 = (byte: number) => new Uint8Array(32).fill(byte);
const openssl = (...parts: Uint8Array[]) => Uint8Array.from(createHash("sha256").update(Buffer.concat(parts)).digest());

const GENESIS = {
  jobId: new Uint8Array(16).fill(1),
  termsHash: of32(2),
  datasetHash: of32(3),
  seed: 0x0102030405060708n,
  initialStateHash: of32(4),
};

function chain(length: number) {
  const start = genesisHash(GENESIS);
  let previous = start;
  const links = Array.from({ length }, (_, index) => {
    const epoch: Epoch = { stateHash: of32(10 + index), metricsHash: of32(50), timestampSeconds: BigInt(1000 + index) };
    previous = nextHash(previous, epoch);
    return { ...epoch, checkpointHash: previous };
  });
  return { start, links };
}

test("the encodings are those written down, byte for byte", () => {
  const seed = Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1);
  const start = openssl(Buffer.from("cyxwiz:genesis:v1"), new Uint8Array(16).fill(1), of32(2), of32(3), seed, of32(4));
  expect(genesisHash(GENESIS)).toEqual(start);
  const epoch = { stateHash: of32(10), metricsHash: of32(50), timestampSeconds: 1000n };
  const timestamp = Uint8Array.of(0xe8, 3, 0, 0, 0, 0, 0, 0);
  expect(nextHash(start, epoch)).toEqual(openssl(start, of32(10), of32(50), timestamp));
});

test("an honest chain has no broken link", () => {
  const { start, links } = chain(5);
  expect(firstBrokenLink(start, links)).toBeUndefined();
});

test.each(["stateHash", "metricsHash", "checkpointHash", "timestampSeconds"] as const)(
  "a change of %s is found at its epoch",
  (field) => {
    const { start, links } = chain(5);
    const forged = { ...links[2], [field]: field === "timestampSeconds" ? 7n : of32(99) } as (typeof links)[number];
    expect(firstBrokenLink(start, links.with(2, forged))).toBe(3);
  },
);

test("a chain from another start, in another order, or with an epoch left out is broken", () => {
  const { start, links } = chain(3);
  expect(firstBrokenLink(genesisHash({ ...GENESIS, seed: 1n }), links)).toBe(1);
  expect(firstBrokenLink(start, links.toReversed())).toBe(1);
  expect(firstBrokenLink(start, links.toSpliced(1, 1))).toBe(2);
});
