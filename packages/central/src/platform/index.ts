export { allowFromTreasury, type TreasuryAllowance } from "./allow-from-treasury.ts";
export { type BootstrapOptions, bootstrapPlatform, type PlatformAddresses } from "./bootstrap-platform.ts";
