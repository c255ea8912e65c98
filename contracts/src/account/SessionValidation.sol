// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ENTRY_POINT_V08} from "../libraries/EntryPointV08.sol";
import {ExecuteCalldata} from "../libraries/ExecuteCalldata.sol";
import {OperationFee} from "../libraries/OperationFee.sol";
import {Limits, Permission, Terms} from "../libraries/Permission.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {SessionRegistry} from "./SessionRegistry.sol";

/// @title The rules of a session
/// @notice Checks one operation against the permission that it carries, and charges the session's counters. What
/// validation consumed stays consumed when execution reverts.
/// @dev Follows ERC-7562: no time, no base fee, no storage but the account's own.
abstract contract SessionValidation is SessionRegistry {
    using OperationFee for PackedUserOperation;
    using Permission for bytes;
    using SessionStatus for uint256;

    /// @dev Reverts with a named error when the permission forbids the operation. The signature is left to the caller.
    /// @return terms Whose signature must follow.
    /// @return window The time window, as the upper 96 bits of ERC-4337 validation data.
    function _validateSession(PackedUserOperation calldata op, bytes calldata permission)
        internal
        returns (Terms terms, uint256 window)
    {
        AccountStorage storage $ = _accountStorage();
        bytes32 id = _sessionId($.epoch, permission);
        Session storage session = $.sessions[id];
        uint256 word = session.word;
        if (word.status() != SessionStatus.ACTIVE) revert SessionNotActive(id, word.status());

        // The session is active, so these bytes were checked to be canonical when it was registered.
        _checkCall(permission, op.callData);
        uint256 charged = _chargeFee(_countCall(word, permission.limits()), permission, op);
        if (charged != word) session.word = charged;

        return (permission.terms(), _window(permission));
    }

    function _checkCall(bytes calldata permission, bytes calldata callData) private view {
        (address target, uint256 value, bytes calldata data) = ExecuteCalldata.decode(callData);
        if (target == address(this) || target == address(ENTRY_POINT_V08)) revert TargetForbidden(target);

        Terms terms = permission.terms();
        if (terms.isSudo()) return;
        if (!permission.allowsContract(terms, target)) {
            bytes4 selector = bytes4(data);
            bool isAllowed = data.length >= 4 && permission.allowsFunction(terms, target, selector);
            if (!isAllowed) revert CallNotAllowed(target, selector);
        }
        if (value != 0) revert ValueNotAllowed(value);
    }

    function _countCall(uint256 word, Limits limits) private pure returns (uint256) {
        uint256 limit = limits.callLimit();
        if (limit == 0) return word;

        uint256 made = word.callsMade();
        if (made >= limit) revert LimitExceeded(limit, made, 1);
        return word.addCall();
    }

    /// @dev Charges the worst case whoever pays: a paymaster may take its money back from the account.
    function _chargeFee(uint256 word, bytes calldata permission, PackedUserOperation calldata op)
        private
        pure
        returns (uint256)
    {
        uint256 limit = permission.limits().feeLimit();
        address paymaster = op.paymaster();
        if (paymaster != address(0)) {
            if (!permission.allowsPaymaster(permission.terms(), paymaster)) revert PaymasterNotAllowed(paymaster);
        } else if (limit == 0) {
            revert FeeLimitMissing();
        }
        if (limit == 0) return word;

        uint256 spent = word.feesCharged();
        uint256 fee = op.worstCase();
        if (fee > limit - spent) revert FeeLimitExceeded(limit, spent, fee);
        return word.addFee(fee);
    }

    /// @dev Both ends of a permission are inclusive, but the EntryPoint refuses `timestamp <= validAfter`.
    function _window(bytes calldata permission) private pure returns (uint256) {
        uint256 from = permission.limits().validAfter();
        unchecked {
            if (from != 0) --from;
        }
        return uint256(permission.terms().validUntil()) << 160 | from << 208;
    }
}
