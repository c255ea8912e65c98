// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {Call, ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {ENTRY_POINT_V08} from "../libraries/EntryPointV08.sol";
import {ExecuteCalldata} from "../libraries/ExecuteCalldata.sol";
import {OperationFee} from "../libraries/OperationFee.sol";
import {OperationFields} from "../libraries/OperationFields.sol";
import {Permission, Terms} from "../libraries/Permission.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {RuleEvaluation} from "./RuleEvaluation.sol";

/// @title The limits of a session
/// @notice Checks one operation against the permission that it carries, and charges the session's counters. What
/// validation consumed stays consumed when execution reverts.
/// @dev Follows ERC-7562: no time, no base fee, no storage but the account's own.
abstract contract SessionValidation is RuleEvaluation {
    using ExecuteCalldata for Call;
    using OperationFee for PackedUserOperation;
    using OperationFields for PackedUserOperation;
    using Permission for bytes;
    using SessionStatus for uint256;

    /// @dev Reverts with a named error when the permission forbids the operation. The permission must be known to be
    /// canonical, and the session to be allowed to act; signatures are left to the caller.
    /// @return window The time window, as the upper 96 bits of ERC-4337 validation data.
    function _judge(PackedUserOperation calldata op, bytes calldata permission, Use memory use)
        internal
        returns (uint256 window)
    {
        window = _window(permission, use);

        bytes calldata callData = op.callDataOf();
        bytes4 selector = ExecuteCalldata.selector(callData);
        if (selector == ILatchkeyAccount.execute.selector) {
            _judgeCall(permission, use, ExecuteCalldata.single(callData));
        } else if (selector == ILatchkeyAccount.executeBatch.selector) {
            Call[] calldata calls = ExecuteCalldata.batch(callData);
            for (uint256 i = 0; i < calls.length; ++i) {
                _judgeCall(permission, use, calls[i]);
            }
        } else {
            revert FunctionForbidden(selector);
        }

        _chargeFee(op, permission, use);
    }

    function _judgeCall(bytes calldata permission, Use memory use, Call calldata call) private {
        address target = call.targetOf();
        if (target == address(this)) revert TargetForbidden(target);
        if (target == address(ENTRY_POINT_V08)) revert TargetForbidden(target);

        if (!permission.terms().hasRules()) {
            if (!permission.terms().isSudo()) _checkPlainCall(permission, call);
        } else {
            if (!permission.terms().isSudo()) _checkGrant(permission, use, call);
            _applyRules(permission, use, call);
            if (!permission.terms().isSudo()) _checkTokenIds(permission, use, call);
        }

        _countCall(permission, use);
    }

    /// @dev A call under a permission without rules: listed, and without value.
    function _checkPlainCall(bytes calldata permission, Call calldata call) private pure {
        _checkListed(permission, call);
        if (call.value != 0) revert ValueNotAllowed(call.value);
    }

    /// @dev A call under a permission with rules. A rule about a token grants calls of that token by itself; functions
    /// that are listed for it narrow the grant. Value may go with other calls only, when some rule bounds it.
    function _checkGrant(bytes calldata permission, Use memory use, Call calldata call) private pure {
        bool isLimitedToken = _isLimitedToken(permission, use, call.targetOf());
        if (!isLimitedToken || permission.hasFunctionOf(permission.terms(), call.targetOf())) {
            _checkListed(permission, call);
        }
        if (call.value != 0 && (isLimitedToken || !_hasValueRule(use))) revert ValueNotAllowed(call.value);
    }

    function _checkListed(bytes calldata permission, Call calldata call) private pure {
        Terms terms = permission.terms();
        if (permission.allowsContract(terms, call.targetOf())) return;

        bool isAllowed = call.dataOf().length >= 4 && permission.allowsFunction(terms, call.functionOf());
        if (!isAllowed) revert CallNotAllowed(call.targetOf(), call.selectorOf());
    }

    function _countCall(bytes calldata permission, Use memory use) private pure {
        uint256 limit = permission.limits().callLimit();
        if (limit == 0) return;

        uint256 made = use.word.callsMade();
        if (made >= limit) revert LimitExceeded(limit, made, 1);
        use.word = use.word.addCall();
    }

    /// @dev Charges the worst case whoever pays: a paymaster may take its money back from the account.
    function _chargeFee(PackedUserOperation calldata op, bytes calldata permission, Use memory use) private pure {
        uint256 limit = permission.limits().feeLimit();
        address paymaster = op.paymaster();
        if (paymaster != address(0)) {
            if (!permission.allowsPaymaster(permission.terms(), paymaster)) revert PaymasterNotAllowed(paymaster);
        } else if (limit == 0) {
            revert FeeLimitMissing();
        }
        if (limit == 0) return;

        uint256 spent = use.word.feesCharged();
        uint256 fee = op.worstCase();
        unchecked {
            // What was spent is never above the limit: all of it passed here, under the same permission.
            if (fee > limit - spent) revert FeeLimitExceeded(limit, spent, fee);
        }
        use.word = use.word.addFee(fee);
    }
}
