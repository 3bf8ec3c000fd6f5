import { AccountRole, type Address, type Instruction, type KeyPairSigner } from "@solana/kit";
import fc from "fast-check";
import { expect, test } from "vitest";
import { JOB_ESCROW_PROGRAM_ADDRESS } from "./generated/job-escrow/index.ts";
import { NODE_REGISTRY_PROGRAM_ADDRESS } from "./generated/node-registry/index.ts";
import { NONCE, World } from "./testing/world.ts";

const SEED = 20_260_802;

/** Everything a stranger can name, whatever the place. */
function everything(world: World): Address[] {
  return [
    world.escrow,
    world.vault,
    world.payerToken,
    world.nodeToken,
    world.treasury,
    world.insurance,
    world.platform,
    world.nodeAccount,
    world.mint,
    world.payer.address,
    world.node.address,
    world.coordinator.address,
  ];
}

test(`no instruction of a stranger moves a token or changes an escrow, whatever accounts and bytes it has (seed ${SEED})`, async () => {
  const world = await World.open();
  await world.reach("proven");
  const stranger: KeyPairSigner = await world.chain.wallet();
  const valid = await Promise.all([
    world.create({ nonce: NONCE + 1n }),
    world.start(),
    world.anchor(),
    world.commit(),
    world.reveal(),
    world.complete(),
    world.approve(),
    world.cancelRunning(),
    world.refund(),
    world.cancel(),
    world.timeout(),
    world.extend(),
    world.dispute(),
    world.evidence(),
    world.resolve(),
    world.appeal(),
    world.execute(),
    world.reportOutcome(),
    world.reportFault(),
    world.close(),
  ]);
  const before = { balances: world.balances(), escrow: world.read() };
  const accounts = fc.array(
    fc.record({
      address: fc.constantFrom(stranger.address, ...everything(world)),
      role: fc.constantFrom(AccountRole.READONLY, AccountRole.WRITABLE),
    }),
    { maxLength: 12 },
  );
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    // The bytes of an instruction that would be valid from its signer, whole, cut short, or with more at the end.
    fc
      .tuple(fc.constantFrom(...valid), fc.integer({ min: 0, max: 140 }), fc.uint8Array({ maxLength: 3 }))
      .map(([{ data: real }, length, more]) => Uint8Array.from([...(real ?? []).slice(0, length), ...more])),
    fc.constantFrom(...valid).map(({ data: real }) => Uint8Array.from(real ?? [])),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(JOB_ESCROW_PROGRAM_ADDRESS, NODE_REGISTRY_PROGRAM_ADDRESS),
      accounts,
      fc.constantFrom(undefined, ...valid),
      data,
      async (programAddress, random, like, bytes) => {
        // Half of the time the accounts of a real instruction, with the stranger in place of whoever signs.
        const metas =
          like === undefined
            ? random
            : (like.accounts ?? []).map(({ address, role }) =>
                role >= 2 ? { address: stranger.address, role: role as AccountRole } : { address, role },
              );
        const signed = metas.map((meta) =>
          meta.address === stranger.address ? { ...meta, role: AccountRole.WRITABLE_SIGNER, signer: stranger } : meta,
        );
        const { failed, logs } = await world.chain.send(stranger, {
          programAddress,
          accounts: signed,
          data: bytes,
        } as Instruction);
        expect(failed).toBe(true);
        // Refused, not crashed.
        expect(logs.join("\n")).not.toMatch(/panicked|failed to complete|Access violation/);
        expect({ balances: world.balances(), escrow: world.read() }).toEqual(before);
      },
    ),
    { seed: SEED, numRuns: 1_500 },
  );
}, 60_000);
