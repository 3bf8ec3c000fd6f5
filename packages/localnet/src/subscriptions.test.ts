import { generateKeyPairSigner, type Signature } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { startForTest, transfer } from "./testing/client.ts";

async function start() {
  const net = await startForTest();
  onTestFinished(() => net.localnet.close());
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  return {
    net,
    abortSignal: abort.signal,
    payer: await net.fundedWallet(),
    friend: (await generateKeyPairSigner()).address,
  };
}

/** The next notification of a subscription. */
async function next<T>(notifications: AsyncIterable<T>): Promise<T> {
  const { value, done } = await notifications[Symbol.asyncIterator]().next();
  if (done) throw new Error("the subscription ended");
  return value as T;
}

test.for(["processed", "confirmed", "finalized"] as const)(
  "an account, a program and logs at %s",
  async (commitment, _) => {
    const { net, abortSignal, payer, friend } = await start();
    // What came before is final, so that nothing is heard of it.
    await net.localnet.advanceSlots(32);
    const { rpcSubscriptions: subscribe } = net;
    const account = await subscribe
      .accountNotifications(friend, { commitment, encoding: "base64" })
      .subscribe({ abortSignal });
    const filters = [{ dataSize: 0n }];
    const program = await subscribe
      .programNotifications(SYSTEM_PROGRAM_ADDRESS, { commitment, encoding: "base64", filters })
      .subscribe({ abortSignal });
    const logs = await subscribe.logsNotifications({ mentions: [friend] }, { commitment }).subscribe({ abortSignal });
    const waiting = Promise.all([next(account), next(program), next(logs)]);
    const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
    // What names neither must not be told.
    await net.rpc.requestAirdrop(payer.address, 1_000_000n as Parameters<typeof net.rpc.requestAirdrop>[1]).send();
    await net.send(wire);
    const slot = await net.rpc.getSlot({ commitment: "processed" }).send();
    await net.localnet.advanceSlots(commitment === "processed" ? 0 : commitment === "confirmed" ? 1 : 32);
    const [ofAccount, ofProgram, ofLogs] = await waiting;
    expect(ofAccount).toMatchObject({
      context: { slot },
      value: { lamports: 1_000_000n, owner: SYSTEM_PROGRAM_ADDRESS },
    });
    expect(ofProgram).toMatchObject({ context: { slot }, value: { account: { owner: SYSTEM_PROGRAM_ADDRESS } } });
    expect(ofLogs).toMatchObject({ context: { slot }, value: { err: null, signature, logs: expect.any(Array) } });
  },
);

test("a signature: received, then done; and at once when it is long done", async () => {
  const { net, abortSignal, payer, friend } = await start();
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  const config = { commitment: "confirmed", enableReceivedNotification: true } as const;
  const notifications = await net.rpcSubscriptions.signatureNotifications(signature, config).subscribe({ abortSignal });
  const heard: unknown[] = [];
  const done = (async () => {
    for await (const { value } of notifications) {
      heard.push(value);
      if (heard.length === 2) return;
    }
  })();
  await net.send(wire);
  await net.localnet.advanceSlots(1);
  await done;
  expect(heard).toEqual(["receivedSignature", { err: null }]);
  const again = await net.rpcSubscriptions
    .signatureNotifications(signature, { commitment: "confirmed" })
    .subscribe({ abortSignal });
  expect((await next(again)).value).toEqual({ err: null });
});

test("slots and roots", async () => {
  const { net, abortSignal } = await start();
  const slots = await net.rpcSubscriptions.slotNotifications().subscribe({ abortSignal });
  const roots = await net.rpcSubscriptions.rootNotifications().subscribe({ abortSignal });
  const slot = next(slots);
  const root = next(roots);
  const before = await net.rpc.getSlot({ commitment: "processed" }).send();
  await net.localnet.advanceSlots(40);
  expect(await slot).toEqual({ parent: before, root: 0n, slot: before + 1n });
  expect(await root).toBe(1n);
});

/** A bare socket, for what kit would never send. */
async function connect(url: string) {
  const socket = new WebSocket(url);
  onTestFinished(() => socket.close());
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return (message: unknown) =>
    new Promise<Record<string, unknown>>((resolve) => {
      socket.once("message", (data) => resolve(JSON.parse(data.toString())));
      socket.send(
        typeof message === "string" ? message : JSON.stringify({ jsonrpc: "2.0", id: 1, ...(message as object) }),
      );
    });
}

test("the RPC port takes subscriptions too; requests that make no sense get a validator's errors", async () => {
  const { net, friend } = await start();
  for (const url of [net.localnet.wsUrl, net.localnet.rpcUrl.replace("http", "ws")]) {
    const ask = await connect(url);
    const { result: id } = await ask({ method: "accountSubscribe", params: [friend] });
    expect(id).toEqual(expect.any(Number));
    expect(await ask({ method: "accountUnsubscribe", params: [id] })).toMatchObject({ result: true });
    expect(await ask({ method: "accountUnsubscribe", params: [id] })).toMatchObject({
      error: { code: -32602, message: "Invalid subscription id." },
    });
    expect(await ask({ method: "accountSubscribe", params: ["rubbish"] })).toMatchObject({ error: { code: -32602 } });
    expect(await ask({ method: "accountSubscribe" })).toMatchObject({ error: { code: -32602 } });
    expect(await ask({ method: "voteSubscribe" })).toMatchObject({ error: { code: -32601 } });
    expect(await ask({ method: "toStringSubscribe" })).toMatchObject({ error: { code: -32601 } });
    expect(await ask({ method: "logsSubscribe", params: [{ mentions: [] }] })).toMatchObject({
      error: { code: -32602 },
    });
    expect(await ask("{")).toEqual({ jsonrpc: "2.0", error: { code: -32700, message: "Parse error" }, id: null });
  }
});

test("a subscription that its client ends is silent", async () => {
  const { net, payer, friend } = await start();
  const ended = new AbortController();
  const notifications = await net.rpcSubscriptions
    .accountNotifications(friend, { commitment: "processed" })
    .subscribe({ abortSignal: ended.signal });
  const loop = (async () => {
    let count = 0;
    for await (const _ of notifications) count += 1;
    return count;
  })();
  ended.abort();
  expect(await loop).toBe(0);
  const { wire, signature } = await net.sign(payer, [transfer(payer, friend, 1_000_000n)]);
  expect(await net.send(wire)).toBe<Signature>(signature);
});
