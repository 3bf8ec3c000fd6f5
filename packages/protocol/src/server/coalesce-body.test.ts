import { once } from "node:events";
import { Readable } from "node:stream";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
import { coalesceBody } from "./coalesce-body.ts";

async function readAll(body: Readable): Promise<Uint8Array[]> {
  coalesceBody(body);
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk as Uint8Array);
  return chunks;
}

test("whatever the chunks, the bytes stay the same", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ minLength: 1, maxLength: 50 }), { maxLength: 40 }), async (chunks) => {
      const read = await readAll(Readable.from(chunks.map((chunk) => Buffer.from(chunk))));
      expect(Buffer.concat(read)).toEqual(Buffer.concat(chunks));
    }),
    { seed: 3, numRuns: 100 },
  );
});

test("thousands of small chunks become a few large ones", async () => {
  const frame = Buffer.alloc(16_384, 7);
  const read = await readAll(Readable.from(Array.from({ length: 640 }, () => frame)));
  expect(read.length).toBeLessThanOrEqual(10);
});

test("what has arrived does not wait for what has not, and a failure comes through", async () => {
  const body = new Readable({ read() {} });
  coalesceBody(body);
  const chunks = body[Symbol.asyncIterator]();
  body.push(Buffer.from("a"));
  expect(await chunks.next()).toMatchObject({ value: Buffer.from("a") });
  body.destroy(new Error("cut"));
  await expect(chunks.next()).rejects.toThrow("cut");
});

test("a body that breaks off while nobody reads on takes nothing down with it, and says so to who does", async () => {
  const body = new Readable({ read() {} });
  coalesceBody(body);
  const chunks = body[Symbol.asyncIterator]();
  body.push(Buffer.alloc(2 * 1024 * 1024));
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  onTestFinished(() => void process.off("unhandledRejection", unhandled));
  expect((await chunks.next()).value).toHaveLength(2 * 1024 * 1024);
  const closed = once(body, "close").catch(() => undefined);
  body.destroy(new Error("cut"));
  await closed;
  await setImmediate();
  expect(unhandled).not.toHaveBeenCalled();
  await expect(chunks.next()).rejects.toThrow("cut");
});

test("who stops reading ends the body", async () => {
  const body = Readable.from([Buffer.from("a"), Buffer.from("b")]);
  coalesceBody(body);
  for await (const _chunk of body) break;
  expect(body.destroyed).toBe(true);
});
