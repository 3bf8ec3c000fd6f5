import type { RelayCall } from "@cyxwiz/protocol";

/**
 * The same stream, until nothing has come for as long as Central has last said to wait.
 *
 * @param onSilence is to end the stream
 */
export async function* untilSilent(
  calls: AsyncIterable<RelayCall>,
  onSilence: () => void,
): AsyncGenerator<RelayCall, void, undefined> {
  let timer: NodeJS.Timeout | undefined;
  let silenceMs = 0;
  try {
    for await (const call of calls) {
      clearTimeout(timer);
      if (call.silenceSeconds > 0) silenceMs = call.silenceSeconds * 1_000;
      if (silenceMs > 0) timer = setTimeout(onSilence, silenceMs);
      yield call;
    }
  } finally {
    clearTimeout(timer);
  }
}
