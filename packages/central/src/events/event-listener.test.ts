import { DEFAULT_PROGRAM_ADDRESSES, type ProgramEvent } from "@cyxwiz/contracts";
import type { Signature } from "@solana/kit";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { ChainWorld } from "../testing/chain-world.ts";
import { type EventListener, startEventListener } from "./event-listener.ts";
import { type EventSource, openEventSource } from "./event-source.ts";
import { newReadingState, type ReadingState, readProgram } from "./read-program.ts";
import { payloadOf } from "./record-events.ts";

let world: ChainWorld;
const running: EventListener[] = [];

beforeAll(async () => {
  world = await ChainWorld.start();
});

afterAll(async () => {
  await Promise.all(running.map((listener) => listener.stop()));
  await world?.close();
});

interface Stored {
  readonly event_type: string;
  readonly tx_signature: string;
  readonly event_index: number;
  readonly node_id: string | null;
  readonly payload: Record<string, unknown>;
}

const stored = (signature: string) =>
  world.sql<Stored>("select * from blockchain_events where tx_signature = $1 order by event_index", [signature]);

const total = async () => (await world.sql<{ count: number }>("select count(*)::int from blockchain_events"))[0]?.count;

const source = (change: Partial<EventSource> = {}): EventSource => ({
  ...openEventSource(world.chain, DEFAULT_PROGRAM_ADDRESSES, 3),
  ...change,
});

async function listen(from: EventSource, eventPollSeconds = 86_400): Promise<EventListener> {
  const listener = startEventListener(await world.context({ eventPollSeconds }), from);
  running.push(listener);
  return listener;
}

const names = (rows: readonly Stored[]) => rows.map(({ event_type }) => event_type);
const patience = { timeout: 15_000, interval: 50 };

test("what happened while nobody listened is all there afterwards, once, several events of a transaction too", async () => {
  const before = await world.node([1n, 2n, 3n]);
  const first = await listen(source());
  await vi.waitFor(async () => expect(await total()).toBeGreaterThanOrEqual(4), patience);
  await first.stop();
  const asleep = [];
  for (let index = 0; index < 4; index++) {
    const node = await world.node([]);
    asleep.push(node);
  }
  const signature = await world.send((await world.register(before.wallet, [4n, 5n])).slice(1), before.wallet);
  // Two replicas start at once, and read more than one page of history.
  await Promise.all([listen(source()), listen(source())]);
  await vi.waitFor(async () => expect(names(await stored(signature))).toEqual(["NodeStaked", "NodeStaked"]), patience);
  const rows = await stored(signature);
  expect(rows.map(({ event_index }) => event_index)).toEqual([0, 1]);
  expect(rows.map(({ payload }) => payload)).toMatchObject([
    { node: before.account, amount: "4000000000", staked: "10000000000" },
    { node: before.account, amount: "5000000000", staked: "15000000000" },
  ]);
  const [again] = await world.sql<{ count: number; places: number }>(
    "select count(*)::int, count(distinct (tx_signature, event_index))::int as places from blockchain_events",
  );
  expect(again?.count).toBe(again?.places);
  const registered = await world.sql<{ node: string }>(
    "select payload->>'node' as node from blockchain_events where event_type = 'NodeRegistered'",
  );
  expect(registered.map(({ node }) => node).sort()).toEqual([before, ...asleep].map(({ account }) => account).sort());
});

test("a stake that changes on chain is known at once", async () => {
  const node = await world.node([]);
  const [, stake] = await world.register(node.wallet, [50n]);
  if (stake) await world.send([stake], node.wallet);
  await vi.waitFor(async () => {
    const [row] = await world.sql<{ stake_amount: string }>("select stake_amount from nodes where id = $1", [node.id]);
    expect(row?.stake_amount).toBe("50000000000");
    const [open] = await world.sql<{ count: number }>(
      "select count(*)::int from blockchain_events where not processed and node_id = $1",
      [node.id],
    );
    expect(open?.count).toBe(0);
  }, patience);
});

test("without a subscription it looks now and then, and nothing is missing", async () => {
  await Promise.all(running.splice(0).map((listener) => listener.stop()));
  const deaf = source({ follow: async () => undefined });
  await listen(deaf, 1);
  const node = await world.node([7n]);
  await vi.waitFor(async () => {
    const rows = await world.sql<Stored>("select * from blockchain_events where node_id = $1 order by id", [node.id]);
    // The registration was read before the node's row was there.
    expect(names(rows).at(-1)).toMatch(/NodeStaked|NodeRegistered/);
    const all = await world.sql<Stored>("select * from blockchain_events where payload->>'node' = $1", [node.account]);
    expect(names(all).sort()).toEqual(["NodeRegistered", "NodeStaked"]);
  }, patience);
});

test("when the chain fails to answer, what it could not tell is told later", async () => {
  await Promise.all(running.splice(0).map((listener) => listener.stop()));
  const good = source();
  let failures = 3;
  const flaky = source({
    async eventsOf(signature, signal) {
      if (failures-- > 0) throw new Error("the provider is away");
      return good.eventsOf(signature, signal);
    },
  });
  const before = (await total()) ?? 0;
  const node = await world.node([8n]);
  await listen(flaky);
  await vi.waitFor(async () => expect(await total()).toBe(before + 2), patience);
  expect(failures).toBeLessThan(0);
  const all = await world.sql<Stored>("select * from blockchain_events where payload->>'node' = $1", [node.account]);
  expect(names(all).sort()).toEqual(["NodeRegistered", "NodeStaked"]);
});

test("what a provider names but does not show yet is waited for; what nobody ever shows, not for ever", async () => {
  await Promise.all(running.splice(0).map((listener) => listener.stop()));
  const good = source();
  const [late, never] = [await world.node([]), await world.node([])];
  const account = async (signature: Signature) =>
    (await good.eventsOf(signature, AbortSignal.timeout(5_000)))?.events
      .map(({ data }) => JSON.stringify(payloadOf({ data } as ProgramEvent)))
      .join() ?? "";
  let asked = 0;
  const forgetful: EventSource = {
    ...good,
    async eventsOf(signature, signal) {
      const events = await account(signature);
      if (events.includes(never.account)) return undefined;
      if (events.includes(late.account) && asked++ < 2) return undefined;
      return good.eventsOf(signature, signal);
    },
  };
  const context = await world.context();
  await world.sql("truncate blockchain_events, event_cursors");
  const state = newReadingState();
  const program = DEFAULT_PROGRAM_ADDRESSES.nodeRegistry;
  const read = () => readProgram(context, forgetful, program, state, AbortSignal.timeout(20_000));
  await expect(read()).rejects.toMatchObject({ code: "UNREACHABLE" });
  let refused = 1;
  while (
    await read().then(
      () => false,
      () => true,
    )
  )
    refused += 1;
  expect(refused).toBe(22);
  const rows = await world.sql<Stored>("select * from blockchain_events where payload->>'node' = any($1)", [
    [late.account, never.account],
  ]);
  expect(rows.map(({ payload }) => payload.node)).toEqual([late.account]);
});

/** The chain as a provider shows it that answers `[]` to what it has no page for. */
function forgettingBefore(times: number): typeof world.chain {
  const { rpc } = world.chain;
  let left = times;
  const getSignaturesForAddress: typeof rpc.getSignaturesForAddress = (address, config) => {
    const asked = rpc.getSignaturesForAddress(address, config);
    if (config?.before === undefined || left-- <= 0) return asked;
    return { ...asked, send: async () => [] as never };
  };
  const partial = new Proxy(rpc, {
    get: (target, name) => (name === "getSignaturesForAddress" ? getSignaturesForAddress : Reflect.get(target, name)),
  });
  return { ...world.chain, rpc: partial };
}

/** A place that is read and final, and the events of four transactions that came after it. */
async function gap(): Promise<{
  read: (from: EventSource, state?: ReadingState) => Promise<void>;
  accounts: string[];
}> {
  await Promise.all(running.splice(0).map((listener) => listener.stop()));
  const context = await world.context();
  const program = DEFAULT_PROGRAM_ADDRESSES.nodeRegistry;
  const read = (from: EventSource, state = newReadingState()) =>
    readProgram(context, from, program, state, AbortSignal.timeout(20_000));
  await world.node([]);
  await world.localnet.advanceSlots(40);
  await read(source());
  const accounts = [];
  for (let index = 0; index < 4; index++) accounts.push((await world.node([])).account as string);
  return { read, accounts };
}

const registered = async (accounts: readonly string[]) =>
  (
    await world.sql<{ node: string }>(
      "select payload->>'node' as node from blockchain_events where event_type = 'NodeRegistered' and payload->>'node' = any($1) order by id",
      [accounts],
    )
  ).map(({ node }) => node);

test("a provider that does not know the page before is not taken for the end of the history", async () => {
  const { read, accounts } = await gap();
  const partial = openEventSource(forgettingBefore(1), DEFAULT_PROGRAM_ADDRESSES, 3);
  await world.localnet.advanceSlots(40);
  await expect(read(partial)).rejects.toMatchObject({ code: "UNREACHABLE" });
  await read(partial);
  expect(await registered(accounts)).toEqual(accounts);
});

test("where the history has a hole for good, what can be read is read, and all accounts are looked at", async () => {
  const { read, accounts } = await gap();
  const partial = openEventSource(forgettingBefore(1_000), DEFAULT_PROGRAM_ADDRESSES, 3);
  await world.sql("update nodes set stake_amount = 1 where node_address = $1", [accounts[0]]);
  await world.localnet.advanceSlots(40);
  const state = newReadingState();
  let refused = 0;
  while (
    await read(partial, state).then(
      () => false,
      () => true,
    )
  )
    refused += 1;
  expect(refused).toBe(8);
  // The newest page, of three, is there.
  expect(await registered(accounts)).toEqual(accounts.slice(1));
  const [row] = await world.sql<{ stake_amount: string }>("select stake_amount from nodes where node_address = $1", [
    accounts[0],
  ]);
  expect(row?.stake_amount).toBe("0");
});

test("a log that was cut short has the accounts looked at that it names", async () => {
  const node = await world.node([]);
  const { read } = await gap();
  const [, stake] = await world.register(node.wallet, [50n]);
  if (stake) await world.send([stake], node.wallet);
  const good = source();
  await read({
    ...good,
    async eventsOf(signature, signal) {
      const found = await good.eventsOf(signature, signal);
      return found && { ...found, events: [], truncated: true };
    },
  });
  const [row] = await world.sql<{ stake_amount: string }>("select stake_amount from nodes where id = $1", [node.id]);
  expect(row?.stake_amount).toBe("50000000000");
});

test("the cursor only moves to what is final", async () => {
  await listen(source());
  const program = DEFAULT_PROGRAM_ADDRESSES.nodeRegistry;
  const cursor = async () => {
    const rows = await world.sql<{ slot: string }>("select slot from event_cursors where program = $1", [program]);
    return BigInt(rows[0]?.slot ?? 0);
  };
  const node = await world.node([9n]);
  await vi.waitFor(async () => {
    const rows = await world.sql<Stored>("select * from blockchain_events where payload->>'node' = $1", [node.account]);
    expect(rows).toHaveLength(2);
  }, patience);
  const [last] = await world.sql<{ slot: string }>("select max(slot) as slot from blockchain_events");
  expect(await cursor()).toBeLessThan(BigInt(last?.slot ?? 0));
  await world.localnet.advanceSlots(40);
  await world.node([]);
  await vi.waitFor(async () => expect(await cursor()).toBeGreaterThanOrEqual(BigInt(last?.slot ?? 0)), patience);
});
