import { accountSubscription } from "./account-subscription.ts";
import { logsSubscription } from "./logs-subscription.ts";
import { programSubscription } from "./program-subscription.ts";
import { signatureSubscription } from "./signature-subscription.ts";
import { rootSubscription, slotSubscription } from "./slot-subscriptions.ts";
import type { Subscription } from "./subscription.ts";

/** Subscriptions by name: `account` is opened by `accountSubscribe` and ended by `accountUnsubscribe`. */
export const SUBSCRIPTIONS: Readonly<Record<string, Subscription>> = {
  account: accountSubscription,
  logs: logsSubscription,
  program: programSubscription,
  root: rootSubscription,
  signature: signatureSubscription,
  slot: slotSubscription,
};
