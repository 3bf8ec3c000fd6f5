import { getMintDecoder } from "@solana-program/token";
import { beforeAll, describe, expect, test } from "vitest";
import { findStakeVaultAddress } from "../addresses.ts";
import {
  findRewardsVaultPda,
  getNodeDecoder,
  getNodeEncoder,
  getRegistryDecoder,
  getRegistryEncoder,
  type Node,
  type Registry,
  SlashReason,
} from "../generated/node-registry/index.ts";
import type { World } from "../testing/world.ts";
import { nodeInstructions, nodeWorld, openRewards } from "./testing/registry-scenarios.ts";
import { AMOUNTS, bps, withAmount } from "./testing/till.ts";
import { run } from "./testing/verdict.ts";

const U64_MAX = 2n ** 64n - 1n;
const DAY_SECONDS = 86_400n;
const YEAR_SECONDS = 365n * DAY_SECONDS;
const SUPPLY_OFFSET = 36;

function forgeNode({ chain, nodeAccount }: World, fields: Partial<Node>): void {
  chain.overwrite(nodeAccount, (data) => {
    const { discriminator: _, ...node } = getNodeDecoder().decode(data);
    return new Uint8Array(getNodeEncoder().encode({ ...node, ...fields }));
  });
}

function forgeRegistry({ chain, registry }: World, fields: Partial<Registry>): void {
  chain.overwrite(registry, (data) => {
    const { discriminator: _, ...rest } = getRegistryDecoder().decode(data);
    return new Uint8Array(getRegistryEncoder().encode({ ...rest, ...fields }));
  });
}

const nodeOf = ({ chain, nodeAccount }: World) => getNodeDecoder().decode(chain.data(nodeAccount));

describe("a slash takes its part of all that is at stake, and every unit of it arrives or is burned", () => {
  let world: World;
  let original: Node;
  beforeAll(async () => {
    world = await nodeWorld();
    original = nodeOf(world);
  });

  test.each([SlashReason.Failed, SlashReason.InvalidProof, SlashReason.DisputeLost])("reason %i", async (reason) => {
    const { chain, admin, payerToken, insurance, mint, nodeAccount } = world;
    const vault = await findStakeVaultAddress(nodeAccount);
    const slash = await (await nodeInstructions(world)).slashForJob(reason);
    const supply = () => getMintDecoder().decode(chain.data(mint)).supply;
    for (const rules of [
      { slashBps: 1_000, disputePayerBps: 5_000, insuranceBps: 8_000 },
      { slashBps: 3_333, disputePayerBps: 3_333, insuranceBps: 1 },
      { slashBps: 10_000, disputePayerBps: 10_000, insuranceBps: 10_000 },
      { slashBps: 10_000, disputePayerBps: 0, insuranceBps: 0 },
      { slashBps: 0, disputePayerBps: 5_000, insuranceBps: 8_000 },
    ]) {
      const { slashBps, disputePayerBps, insuranceBps } = rules;
      const rates = { slashTimeoutBps: slashBps, slashInvalidProofBps: slashBps, slashDisputeBps: slashBps };
      forgeRegistry(world, { ...rates, disputePayerBps, insuranceBps });
      for (const whole of AMOUNTS) {
        for (const withdrawing of [0n, whole / 3n, whole]) {
          const staked = whole - withdrawing;
          forgeNode(world, { ...original, staked, withdrawing });
          chain.overwrite(vault, (data) => withAmount(data, whole));
          for (const account of [payerToken, insurance]) chain.overwrite(account, (data) => withAmount(data, 0n));
          chain.overwrite(mint, (data) => {
            new DataView(data.buffer, data.byteOffset).setBigUint64(SUPPLY_OFFSET, U64_MAX, true);
            return data;
          });
          const where = `${staked} and ${withdrawing} at ${JSON.stringify(rules)}`;
          expect(run(chain, admin.address, slash), where).toBe("ok");

          const taken = bps(whole, slashBps);
          const toPayer = reason === SlashReason.DisputeLost ? bps(taken, disputePayerBps) : 0n;
          const toInsurance = bps(taken - toPayer, insuranceBps);
          const after = nodeOf(world);
          expect(
            {
              payer: chain.tokens(payerToken),
              insurance: chain.tokens(insurance),
              burned: U64_MAX - supply(),
              vault: chain.tokens(vault),
              node: after.staked + after.withdrawing,
            },
            where,
          ).toEqual({
            payer: toPayer,
            insurance: toInsurance,
            burned: taken - toPayer - toInsurance,
            vault: whole - taken,
            node: whole - taken,
          });
          // The stake goes before what is on its way out.
          expect(after.withdrawing === withdrawing || after.staked === 0n).toBe(true);
        }
      }
    }
  });
});

/** The year's yield is rounded down before its part of the time is taken; above 2^32 units a second more counts as that. */
function yieldOf(staked: bigint, yieldBps: number, seconds: bigint): bigint {
  const yearly = bps(staked, yieldBps);
  const each = yearly / YEAR_SECONDS;
  const due = (yearly * seconds) / YEAR_SECONDS;
  const most = each < 2n ** 32n ? due : (2n ** 32n - 1n) * seconds + ((yearly % YEAR_SECONDS) * seconds) / YEAR_SECONDS;
  return most > U64_MAX ? U64_MAX : most;
}

describe("rewards are the yield of the stake for the time, rounded down, and what the vault has of it", () => {
  test("for every stake, time and vault", async () => {
    const world = await nodeWorld();
    await openRewards(world);
    const { chain, admin, nodeToken } = world;
    const [vault] = await findRewardsVaultPda();
    const claim = await (await nodeInstructions(world)).claimRewards();
    const now = chain.nowSeconds;
    for (const staked of AMOUNTS) {
      for (const seconds of [1n, DAY_SECONDS, YEAR_SECONDS, 10n * YEAR_SECONDS]) {
        for (const yieldBps of [500, 10_000]) {
          for (const inVault of [0n, 1n, U64_MAX]) {
            forgeRegistry(world, { yieldBps });
            forgeNode(world, {
              staked,
              rewards: 0n,
              registeredAt: 0n,
              lastSlashedAt: 0n,
              yieldClaimedAt: now - seconds,
            });
            chain.overwrite(vault, (data) => withAmount(data, inVault));
            chain.overwrite(nodeToken, (data) => withAmount(data, 0n));
            const due = yieldOf(staked, yieldBps, seconds);
            const paid = due < inVault ? due : inVault;
            const verdict = run(chain, admin.address, claim);
            const where = `${staked} for ${seconds} s at ${yieldBps}, ${inVault} in the vault`;
            expect(verdict, where).toBe(paid > 0n ? "ok" : "nodeRegistry.nothingToClaim");
            expect([chain.tokens(nodeToken), chain.tokens(vault)], where).toEqual([paid, inVault - paid]);
            if (paid > 0n) expect(nodeOf(world).rewards, where).toBe(due - paid);
          }
        }
      }
    }
  });
});
