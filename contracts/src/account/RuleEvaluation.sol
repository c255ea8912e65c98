// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Call} from "../interfaces/ILatchkeyAccount.sol";
import {Argument} from "../libraries/Argument.sol";
import {ExecuteCalldata} from "../libraries/ExecuteCalldata.sol";
import {Permission} from "../libraries/Permission.sol";
import {Rule, RuleKind, RuleLayout} from "../libraries/Rules.sol";
import {TokenCall} from "../libraries/TokenCall.sol";
import {Budgets} from "./Budgets.sol";

/// @title The rules behind a permission's lists
/// @notice Holds one call against every rule that applies to it, in the order of the rules, and charges their counters.
abstract contract RuleEvaluation is Budgets {
    using ExecuteCalldata for Call;
    using Permission for bytes;

    /// @dev Whether a rule limits the token at `target`. Such a rule grants the calls that it knows of.
    function _isLimitedToken(bytes calldata permission, Use memory use, address target) internal pure returns (bool) {
        if (use.parts.kinds() & RuleLayout.TOKENS == 0) return false;

        (Rule rule, uint256 count) = permission.rules(permission.terms());
        for (; count != 0; --count) {
            if (RuleKind.isToken(rule.kind()) && rule.token() == target) return true;
            rule = rule.next();
        }
        return false;
    }

    /// @dev Whether some rule lets value go with calls.
    function _hasValueRule(Use memory use) internal pure returns (bool) {
        return use.parts.kinds() & RuleLayout.VALUES != 0;
    }

    function _applyRules(bytes calldata permission, Use memory use, Call calldata call) internal {
        (Rule rule, uint256 count) = permission.rules(permission.terms());
        for (; count != 0; --count) {
            _applyRule(rule, permission, use, call);
            rule = rule.next();
        }
    }

    function _applyRule(Rule rule, bytes calldata permission, Use memory use, Call calldata call) private {
        uint256 kind = rule.kind();
        if (RuleKind.isValue(kind)) {
            if (call.value != 0) _charge(use, rule, 0, call.value);
        } else if (RuleKind.isToken(kind)) {
            if (rule.token() == call.targetOf()) _applyTokenRule(rule, use, call);
        } else if (RuleKind.isFunction(kind)) {
            if (_isCallOf(rule, permission, call)) _applyFunctionRule(rule, use, call.dataOf());
        } else if (kind == RuleKind.RATE) {
            _chargeRate(use, rule);
        }
    }

    // --- tokens

    function _applyTokenRule(Rule rule, Use memory use, Call calldata call) private {
        if (RuleKind.isErc20(rule.kind())) {
            (bool ok, uint256 amount) = TokenCall.erc20Amount(call.dataOf(), address(this));
            _checkTokenCall(ok, call);
            _charge(use, rule, rule.budgetStart(), amount);
        } else if (rule.kind() == RuleKind.ERC721) {
            (bool ok,) = TokenCall.erc721Id(call.dataOf(), address(this));
            _checkTokenCall(ok, call);
        } else {
            (bool ok, uint256 id, uint256 amount) = TokenCall.erc1155Amount(call.dataOf(), address(this));
            _checkTokenCall(ok, call);
            if (id == rule.word(20)) _charge(use, rule, 52, amount);
        }
    }

    function _checkTokenCall(bool ok, Call calldata call) private pure {
        if (!ok) revert TokenCallNotAllowed(call.targetOf(), call.selectorOf());
    }

    /// @dev On a token whose ids are limited, the call's id must be one of them. The rules have been applied.
    function _checkTokenIds(bytes calldata permission, Use memory use, Call calldata call) internal view {
        uint256 kinds = use.parts.kinds();
        if (kinds & (1 << RuleKind.ERC721) != 0) _checkTokenId(RuleKind.ERC721, permission, call);
        if (kinds & (1 << RuleKind.ERC1155) != 0) _checkTokenId(RuleKind.ERC1155, permission, call);
    }

    function _checkTokenId(uint256 kind, bytes calldata permission, Call calldata call) private view {
        (Rule rule, uint256 count) = permission.rules(permission.terms());
        bool isLimited;
        uint256 id;
        for (; count != 0; --count) {
            if (rule.kind() == kind && rule.token() == call.targetOf()) {
                if (!isLimited) id = _tokenIdOf(kind, call.dataOf());
                if (rule.word(20) == id) return;
                isLimited = true;
            }
            rule = rule.next();
        }
        if (isLimited) revert TokenIdNotAllowed(call.targetOf(), id);
    }

    function _tokenIdOf(uint256 kind, bytes calldata data) private view returns (uint256 id) {
        if (kind == RuleKind.ERC721) (, id) = TokenCall.erc721Id(data, address(this));
        else (, id,) = TokenCall.erc1155Amount(data, address(this));
    }

    // --- functions

    /// @dev Whether the call is of the function that the rule belongs to. A call too short to name one goes only to
    /// contracts that are listed as a whole or have no function listed.
    function _isCallOf(Rule rule, bytes calldata permission, Call calldata call) private pure returns (bool) {
        return permission.functionAt(permission.terms(), rule.byteAt(0)) == call.functionOf();
    }

    function _applyFunctionRule(Rule rule, Use memory use, bytes calldata data) private {
        if (rule.kind() == RuleKind.COUNT) return _chargeCount(use, rule);

        (bool ok, uint256 value) = Argument.read(rule, data);
        if (rule.kind() == RuleKind.ARGUMENT) ok = ok && Argument.satisfies(rule, value);
        if (!ok) revert ArgumentNotAllowed(rule.position(), value);
        if (rule.kind() == RuleKind.ARGUMENT_TOTAL) _charge(use, rule, 2, value);
    }
}
