import { create } from "@bufbuild/protobuf";
import { RelayCallSchema } from "@cyxwiz/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { untilSilent } from "./until-silent.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const beat = create(RelayCallSchema, { silenceSeconds: 30 });
const call = create(RelayCallSchema, { callId: "1" });

test("whatever comes puts the end off; nothing for as long as Central said ends the stream", async () => {
  const silent = Promise.withResolvers<void>();
  const onSilence = vi.fn(() => silent.resolve());
  const calls = untilSilent(
    (async function* () {
      for (const next of [beat, call, beat]) {
        await vi.advanceTimersByTimeAsync(29_000);
        yield next;
      }
      await silent.promise;
    })(),
    onSilence,
  );
  for (const expected of [beat, call, beat]) expect((await calls.next()).value).toBe(expected);
  expect(onSilence).not.toHaveBeenCalled();
  const end = calls.next();
  await vi.advanceTimersByTimeAsync(30_000);
  expect((await end).done).toBe(true);
  expect(onSilence).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});
