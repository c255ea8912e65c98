// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev What no sequence of operations may break. Each has an invariant of its own.
enum Promise {
    /// Value per call, in total, by period, by stream; ERC-20 and ERC-1155 amounts; totals of arguments.
    Spending,
    /// Calls of the session, of one function, within one interval.
    Counting,
    Fees,
    /// Nothing acts that was validated after the close, the end of the epoch, or out of time.
    Closing,
    /// Nothing acts but what the session key signed, under a grant that the owner signed.
    Signing,
    /// Only granted functions, tokens, ids and arguments.
    Granting,
    /// Owner, epoch, code and implementation are the owner's affair.
    Control,
    /// Every status word and counter says what the session itself used.
    Books
}
