import type { Strategy } from "../strategy.ts";
import { AROUND_THE_AUDIT } from "./around-the-audit.ts";
import { REFUSED } from "./refused.ts";
import { REPLAYED } from "./replayed.ts";

/** Every way to cheat that is reckoned with. */
export const STRATEGIES: readonly Strategy[] = [...REFUSED, ...REPLAYED, ...AROUND_THE_AUDIT];
