import { backoffMs } from "@cyxwiz/chain";
import type { Address } from "@solana/kit";
import type { Context } from "../context.ts";
import type { EventSource } from "./event-source.ts";
import { type EventHook, handleEvents } from "./handle-events.ts";
import { newReadingState, readProgram } from "./read-program.ts";
import { createWaker } from "./waker.ts";

type Needs = Parameters<typeof handleEvents>[0] & Parameters<typeof readProgram>[0] & Pick<Context, "config">;

const BACKOFF = { firstMs: 500, maxMs: 30_000 };

/** Follows the chain. */
export interface EventListener {
  /** Ends it; what it has not read yet, the next start reads. */
  stop(): Promise<void>;
}

/**
 * Follows what our programs do: again and again reads their history from where it stopped, and tells whom it concerns.
 * A subscription only makes it look sooner, so nothing is lost with one.
 */
export function startEventListener(
  context: Needs,
  source: EventSource,
  { hook = async () => {} }: { readonly hook?: EventHook } = {},
): EventListener {
  const stopping = new AbortController();
  const { signal } = stopping;
  const waker = createWaker(signal);
  const programs: readonly Address[] = Object.values(source.programs);
  const states = new Map(programs.map((program) => [program, newReadingState()]));

  async function round(): Promise<void> {
    for (const [program, state] of states) await readProgram(context, source, program, state, signal);
    await handleEvents(context, hook);
  }

  async function run(): Promise<void> {
    for (let failures = 0; !signal.aborted; ) {
      try {
        await round();
        failures = 0;
        await waker.sleep(context.config.eventPollSeconds * 1_000);
      } catch (error) {
        if (signal.aborted) return;
        failures += 1;
        context.log.warn({ err: error, failures }, "events will be read again");
        await waker.pause(backoffMs(BACKOFF, failures));
      }
    }
  }

  const running = [
    run(),
    ...programs.map((program) =>
      source.follow(program, waker.wake, signal).catch((error: unknown) => {
        if (!signal.aborted) context.log.warn({ err: error, program }, "no subscription; events are read now and then");
      }),
    ),
  ];
  return {
    async stop() {
      stopping.abort();
      await Promise.all(running);
    },
  };
}
