import { Command } from "commander";
import { acceptAdminCommand } from "../admin/accept-admin.ts";
import { allowAuditsCommand } from "../admin/allow-audits.ts";
import { fundRewardsCommand } from "../admin/fund-rewards.ts";
import { initCommand } from "../admin/init.ts";
import { migrateCommand } from "../admin/migrate.ts";
import { paramsCommand } from "../admin/params.ts";
import { pauseCommand, resumeCommand } from "../admin/pause.ts";
import { proposeAdminCommand } from "../admin/propose-admin.ts";
import { resolveCommand } from "../admin/resolve.ts";
import { setAuthoritiesCommand } from "../admin/set-authorities.ts";
import { slashCommand } from "../admin/slash.ts";

export function adminCommand(): Command {
  const admin = new Command("admin").description("set a platform up, rule it, and decide its disputes");
  for (const command of [
    initCommand(),
    paramsCommand(),
    pauseCommand(),
    resumeCommand(),
    setAuthoritiesCommand(),
    proposeAdminCommand(),
    acceptAdminCommand(),
    resolveCommand(),
    slashCommand(),
    fundRewardsCommand(),
    allowAuditsCommand(),
    migrateCommand(),
  ]) {
    admin.addCommand(command);
  }
  return admin;
}
