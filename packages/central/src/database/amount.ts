import { CyxwizError } from "@cyxwiz/errors";
import { customType } from "drizzle-orm/pg-core";

const MAX_U64 = 2n ** 64n - 1n;

/** A u64 in base units. PostgreSQL's own integers end at 2^63, so it is `numeric(20,0)`, and bigint on our side. */
export const amount = customType<{ data: bigint; driverData: string }>({
  dataType: () => "numeric(20,0)",
  toDriver(value) {
    if (typeof value !== "bigint" || value < 0n || value > MAX_U64) {
      throw new CyxwizError("INTERNAL", { what: `${String(value)} is no amount of base units` });
    }
    return value.toString();
  },
  fromDriver: (text) => BigInt(text),
});
