import { expect, test } from "vitest";
import { createRequestLimits } from "./request-limits.ts";

const limits = (perAddress: number, perWallet: number) =>
  createRequestLimits({ requestsPerMinutePerAddress: perAddress, requestsPerMinutePerWallet: perWallet });

const seconds = expect.toSatisfy((value) => Number.isInteger(value) && value >= 1 && value <= 60);

test("an address that calls too often is told how long to wait; the others are not concerned", async () => {
  const { countAddress } = limits(3, 0);
  for (let call = 0; call < 3; call++) await countAddress("2001:db8::1", "Heartbeat");
  await expect(countAddress("2001:db8::ffff", "Heartbeat")).rejects.toMatchObject({
    code: "TOO_MANY_REQUESTS",
    context: { limit: "3 a minute are taken from one address", retryAfterSeconds: seconds },
  });
  await countAddress("2001:db8:0:1::1", "Heartbeat");
});

test("a dear call counts several times", async () => {
  const { countAddress } = limits(50, 0);
  await countAddress("192.0.2.1", "SubmitJob");
  await countAddress("192.0.2.1", "SubmitJob");
  await expect(countAddress("192.0.2.1", "SubmitJob")).rejects.toMatchObject({ code: "TOO_MANY_REQUESTS" });
});

test("wallets are counted by themselves, and 0 means any number", async () => {
  const { countAddress, countWallet } = limits(0, 2);
  for (let call = 0; call < 100; call++) await countAddress("192.0.2.1", "SubmitJob");
  await countWallet("a");
  await countWallet("a");
  await expect(countWallet("a")).rejects.toMatchObject({ context: { limit: expect.stringContaining("one wallet") } });
  await countWallet("b");
});
