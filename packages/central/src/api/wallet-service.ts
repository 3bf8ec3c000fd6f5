import type { ServiceImpl } from "@connectrpc/connect";
import { CyxwizError } from "@cyxwiz/errors";
import { StatusCode, TransactionStatus, TransactionType, type WalletService } from "@cyxwiz/protocol";
import { isAddress } from "@solana/kit";
import type { Context } from "../context.ts";
import { estimateCost } from "../wallets/estimate-cost.ts";
import { walletHistory } from "../wallets/wallet-history.ts";

const BASE_UNITS = 1e9;

/** What existing engines ask about wallets; amounts here are doubles, to be shown only. */
export function walletService(context: Context): ServiceImpl<typeof WalletService> {
  return {
    connectWallet({ walletAddress }) {
      const isValid = isAddress(walletAddress);
      return {
        status: isValid ? StatusCode.STATUS_SUCCESS : StatusCode.STATUS_ERROR,
        message: isValid ? "" : "This is no wallet's address.",
        isValid,
        walletAddress,
      };
    },

    async getBalance({ walletAddress }) {
      const { lamports, cyxwiz, mint } = await context.chain.balances(wallet(walletAddress));
      return {
        status: StatusCode.STATUS_SUCCESS,
        solBalance: Number(lamports) / BASE_UNITS,
        cyxwizBalance: Number(cyxwiz) / BASE_UNITS,
        tokenMint: mint,
      };
    },

    async getTransactionHistory({ walletAddress, limit, offset }) {
      const { entries, total } = await walletHistory(context, wallet(walletAddress), limit, offset);
      const transactions = entries.map(({ signature, kind, amount, at, jobId }) => ({
        signature,
        type: kind === "refund" ? TransactionType.REFUND : TransactionType.JOB_PAYMENT,
        status: TransactionStatus.CONFIRMED,
        amount: Number(amount) / BASE_UNITS,
        timestamp: BigInt(Math.floor(at.getTime() / 1_000)),
        description: `${kind} of job ${jobId}`,
      }));
      return { status: StatusCode.STATUS_SUCCESS, transactions, totalCount: total };
    },

    estimateJobCost(request) {
      const { amount, minutes, breakdown } = estimateCost(request);
      return {
        status: StatusCode.STATUS_SUCCESS,
        estimatedCost: Number(amount) / BASE_UNITS,
        estimatedTimeMinutes: minutes,
        breakdown,
      };
    },
  };
}

function wallet(address: string): string {
  if (isAddress(address)) return address;
  throw new CyxwizError("INVALID_FIELD", { field: "wallet_address", problem: "must be a wallet's address (base58)" });
}
