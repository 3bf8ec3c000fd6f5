import type { z } from "zod";
import type { Localhost } from "../rpc/localhost.ts";
import { checkParams } from "../rpc/method.ts";

/** What an open subscription may do. */
export interface Subscriber {
  notify(result: unknown): void;
  /** Sends the last notification; the subscription is over. */
  finish(result: unknown): void;
}

/** One kind of subscription. */
export interface Subscription {
  /** The `method` of its notifications. */
  readonly notification: string;
  /** Begins to notify (it may do so at once) and gives the function that stops it. */
  open(host: Localhost, params: unknown, subscriber: Subscriber): () => void;
}

export function subscription<Schema extends z.ZodType<readonly unknown[]>>(
  notification: string,
  schema: Schema,
  open: (host: Localhost, subscriber: Subscriber, ...params: z.output<Schema>) => () => void,
): Subscription {
  return { notification, open: (host, params, subscriber) => open(host, subscriber, ...checkParams(schema, params)) };
}

/** A notification's result for state that belongs to a slot. */
export function atSlot(slot: number, value: unknown) {
  return { context: { slot }, value };
}
