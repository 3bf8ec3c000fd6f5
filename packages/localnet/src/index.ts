export { startLocalnet } from "./localnet.ts";
export type { Localnet, LocalnetOptions, LocalnetProgram } from "./options.ts";
