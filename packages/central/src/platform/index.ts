export { type BootstrapOptions, bootstrapPlatform, type PlatformAddresses } from "./bootstrap-platform.ts";
