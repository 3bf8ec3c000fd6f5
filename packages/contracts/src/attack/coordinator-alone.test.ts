import { type AccountMeta, AccountRole, type Address, type Instruction } from "@solana/kit";
import { describe, expect, test } from "vitest";
import { NodeFault } from "../generated/job-escrow/index.ts";
import { JOB_MOVES, Job, REACHABLE } from "./testing/job.ts";
import { balancesAfter } from "./testing/verdict.ts";

const DAY_SECONDS = 86_400n;

/** The instruction with the coordinator in every place that signs. */
function signedBy(coordinator: Address, { accounts = [], ...rest }: Instruction): Instruction {
  const signs = (role: AccountRole) => role === AccountRole.READONLY_SIGNER || role === AccountRole.WRITABLE_SIGNER;
  return {
    ...rest,
    accounts: (accounts as readonly AccountMeta[]).map(({ address, role }) =>
      signs(role) ? { address: coordinator, role } : { address, role },
    ),
  };
}

describe("whatever the coordinator signs alone, an escrow's tokens go to its payer, its node and the treasury only", () => {
  test.each(REACHABLE)(
    "%s",
    async (state) => {
      const job = await Job.at(state);
      const { chain, coordinator, admin, mint, payerToken, nodeToken, treasury, insurance, vault } = job.world;
      const pocket = await chain.tokenAccount(coordinator.address, mint, admin);
      const rightful = [payerToken, nodeToken, treasury, vault];
      const held = (accounts: readonly Address[]) => accounts.reduce((sum, account) => sum + chain.tokens(account), 0n);
      const start = chain.nowSeconds;
      let succeeded = 0;
      for (const days of [0n, 3n, 60n]) {
        chain.nowSeconds = start + days * DAY_SECONDS;
        job.world.chain.nextSlot();
        for (const instruction of await everything(job)) {
          const own = signedBy(coordinator.address, instruction);
          // As it is, and with the coordinator's pocket in the place of each account.
          const attempts = [own, ...(own.accounts ?? []).map((meta, at) => inPlaceOf(own, at, pocket, meta.role))];
          for (const attempt of attempts) {
            const after = balancesAfter(chain, admin.address, attempt, [...rightful, insurance, pocket]);
            if (after === undefined) continue;
            succeeded++;
            expect(after.at(-1)).toBe(0n);
            expect(after.slice(0, rightful.length).reduce((sum, balance) => sum + balance, 0n)).toBe(held(rightful));
          }
        }
      }
      // Otherwise nothing was tried.
      if (state !== "Settled") expect(succeeded).toBeGreaterThan(0);
    },
    60_000,
  );
});

async function everything(job: Job): Promise<Instruction[]> {
  const usual = await Promise.all(JOB_MOVES.map((move) => job.build(move)));
  const faults = [NodeFault.Failed, NodeFault.InvalidProof, NodeFault.DisputeLost];
  const others = faults.map((fault) => job.build("refundEscrow", { fault }));
  return [...usual, ...(await Promise.all(others))];
}

function inPlaceOf(instruction: Instruction, at: number, address: Address, role: AccountRole): Instruction {
  const accounts = (instruction.accounts ?? []) as readonly AccountMeta[];
  return { ...instruction, accounts: accounts.with(at, { address, role }) };
}

describe("where the payer's terms give it time to object", () => {
  test("the coordinator pays for nothing before that time, neither for a proof nor for checkpoints, nor for none", async () => {
    const running = await Job.at("Running");
    running.world.forge({ flags: 0 });
    const { coordinator, payer } = running.world;
    // What nobody has checked: the coordinator says that everything is done, and stops the job.
    await running.must(["anchorRoot", { leafCount: 5 }]);
    const cancel = { authority: coordinator, leafCount: 5 };
    expect(await running.rehearse("cancelRunning", cancel)).toBe("jobEscrow.challengeWindowOpen");
    expect(await running.rehearse("cancelRunning", { ...cancel, authority: payer })).toBe("ok");
    expect(await running.rehearse("openDispute")).toBe("ok");
    running.later(DAY_SECONDS);
    expect(await running.rehearse("cancelRunning", cancel)).toBe("ok");

    const idle = await Job.at("Running");
    idle.world.forge({ flags: 0 });
    // Nothing is done, and the fee for the rest would be the node's all the same.
    const early = { authority: idle.world.coordinator, leafCount: 0 };
    idle.later(DAY_SECONDS - 1n);
    expect(await idle.rehearse("cancelRunning", early)).toBe("jobEscrow.challengeWindowOpen");
    idle.later(1n);
    expect(await idle.rehearse("cancelRunning", early)).toBe("ok");

    const proven = await Job.at("Proven");
    proven.world.forge({ flags: 0 });
    expect(await proven.rehearse("completePayment")).toBe("jobEscrow.challengeWindowOpen");
    proven.later(DAY_SECONDS);
    expect(await proven.rehearse("completePayment")).toBe("ok");
  });
});
