import * as administration from "./administration.ts";
import type { Call, Rule } from "./case.ts";
import * as dispute from "./escrow-dispute.ts";
import * as opening from "./escrow-opening.ts";
import * as payment from "./escrow-payment.ts";
import * as proof from "./escrow-proof.ts";
import * as node from "./registry-node.ts";
import * as report from "./registry-report.ts";

export type Rules = Readonly<Record<Call["program"], Readonly<Record<string, Rule>>>>;

/** What each instruction may do: the whole of the rules. */
export const RULES = {
  escrow: {
    setPaused: administration.setPaused,
    createEscrow: opening.createEscrow,
    startEscrow: opening.startEscrow,
    anchorRoot: proof.anchorRoot,
    completePayment: payment.completePayment,
    refundEscrow: payment.refundEscrow,
    cancelEscrow: opening.cancelEscrow,
    timeoutRefund: payment.timeoutRefund,
    commitProof: proof.commitProof,
    revealProof: proof.revealProof,
    approvePayment: payment.approvePayment,
    cancelRunning: payment.cancelRunning,
    extendEscrow: opening.extendEscrow,
    openDispute: dispute.openDispute,
    submitEvidence: dispute.submitEvidence,
    resolveDispute: dispute.resolveDispute,
    appeal: dispute.appeal,
    executeDecision: dispute.executeDecision,
    reportOutcome: report.reportOutcome,
    reportFault: report.reportFault,
    closeSlot: opening.closeSlot,
    collectLeftover: opening.collectLeftover,
    proposePlatformAdmin: administration.proposePlatformAdmin,
    acceptPlatformAdmin: administration.acceptPlatformAdmin,
    updatePlatform: administration.updatePlatform,
    setPlatformAuthorities: administration.setPlatformAuthorities,
    migrate: administration.migrate,
  },
  registry: {
    register: node.register,
    stake: node.stake,
    updateNode: node.updateNode,
    jobStarted: node.saidByEscrowProgram,
    jobEnded: node.saidByEscrowProgram,
    slashForJob: node.saidByEscrowProgram,
    slash: node.slashByArbiter,
    requestWithdrawal: node.requestWithdrawal,
    finishWithdrawal: node.finishWithdrawal,
    cancelWithdrawal: node.cancelWithdrawal,
    reinstate: node.reinstate,
    claimRewards: node.claimRewards,
    setRegistryPaused: administration.setRegistryPaused,
    openRewards: node.openRewards,
    updateRegistry: administration.updateRegistry,
    setRegistryAuthorities: administration.setRegistryAuthorities,
    proposeRegistryAdmin: administration.proposeRegistryAdmin,
    acceptRegistryAdmin: administration.acceptRegistryAdmin,
  },
} as const satisfies Rules;
