import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { expect, onTestFinished, test } from "vitest";
import { sendFile } from "./send-file.ts";

/** Takes nothing until it is let, as a socket does whose peer is slow; what it was given lies in the sender's memory. */
class SlowReader extends Writable {
  readonly got: Buffer[] = [];
  given: Buffer | undefined;
  #taken: (() => void) | undefined;
  #isLet = false;

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.given = chunk;
    this.#taken = () => {
      this.got.push(Buffer.from(chunk));
      callback();
    };
    this.emit("given");
    if (this.#isLet) this.#taken();
  }

  let(): void {
    this.#isLet = true;
    this.#taken?.();
  }
}

async function randomFile(bytes: number) {
  const directory = await mkdtemp(join(tmpdir(), "cyxwiz-send-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, "file");
  const content = randomBytes(bytes);
  await writeFile(path, content);
  return { path, content };
}

async function sendAtOnce({ path, content }: Awaited<ReturnType<typeof randomFile>>): Promise<void> {
  const reader = new SlowReader();
  reader.let();
  await sendFile(path, { start: 0, end: content.length }, reader);
  expect(content.equals(Buffer.concat(reader.got))).toBe(true);
}

test.each([70_000, 768 * 1024, 3_000_001])(
  "memory that %i bytes still lie in is not used for another file",
  async (size) => {
    const [file, other] = [await randomFile(size), await randomFile(3_000_001)];
    const reader = new SlowReader();
    const sent = sendFile(file.path, { start: 0, end: size }, reader);
    await once(reader, "given");
    await sendAtOnce(other);
    await sendAtOnce(other);
    reader.let();
    await sent;
    expect(file.content.equals(Buffer.concat(reader.got))).toBe(true);
  },
);

test("nor that which was under way when its reader went away", async () => {
  const [file, other] = [await randomFile(768 * 1024), await randomFile(3_000_001)];
  const reader = new SlowReader();
  const sent = sendFile(file.path, { start: 0, end: file.content.length }, reader);
  await once(reader, "given");
  reader.destroy();
  await sent;
  await sendAtOnce(other);
  const given = reader.given as Buffer;
  expect(given.equals(file.content.subarray(0, given.length))).toBe(true);
});
