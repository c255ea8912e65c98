// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Permission, Terms} from "./Permission.sol";
import {Rule, RuleKind, RuleLayout} from "./Rules.sol";

/// @title The one encoding of a list of rules
library CanonicalRules {
    using Permission for bytes;

    /// Operators of an argument rule up to here take one operand.
    uint256 private constant LAST_COMPARISON = 5;
    uint256 private constant OPERATOR_IN = 6;
    uint256 private constant OPERATOR_MASK = 7;
    uint256 private constant ARGUMENT_HEAD = 3;

    /// @dev Whether the rules are well formed, strictly ascending by their bytes, and fit the rest of the permission,
    /// whose length has been checked to hold them. A permission that is not sudo must grant some call.
    function areCanonical(bytes calldata permission, Terms terms) internal pure returns (bool) {
        (Rule rule, uint256 count) = permission.rules(terms);
        if (count == 0) return false;

        bool grants = terms.isSudo() || terms.grantsCalls();
        Rule previous;
        for (uint256 i = 0; i < count; ++i) {
            if (i != 0 && !_isAbove(rule, previous)) return false;
            if (terms.isSudo() && rule.kind() != RuleKind.RATE) return false;
            if (!_isWellFormed(rule, permission, terms)) return false;
            grants = grants || RuleKind.isToken(rule.kind());
            previous = rule;
            rule = rule.next();
        }
        return grants;
    }

    /// @dev Rules are compared by kind, then size, then body. There is room for one rate in the status word, so a second
    /// one is as bad as a repeated record.
    function _isAbove(Rule rule, Rule previous) private pure returns (bool) {
        uint256 head = rule.kind() << 8 | rule.size();
        uint256 previousHead = previous.kind() << 8 | previous.size();
        if (head != previousHead) return head > previousHead;
        if (rule.kind() == RuleKind.RATE) return false;

        for (uint256 offset = 0; offset < rule.size(); offset += 32) {
            uint256 word = _bodyWord(rule, offset);
            uint256 previousWord = _bodyWord(previous, offset);
            if (word != previousWord) return word > previousWord;
        }
        return false;
    }

    /// @dev Like {Rule.word}, with zeros for what lies past the end of the body.
    function _bodyWord(Rule rule, uint256 offset) private pure returns (uint256) {
        uint256 left = rule.size() - offset;
        uint256 word = rule.word(offset);
        if (left >= 32) return word;
        uint256 unused = 256 - 8 * left;
        return word >> unused << unused;
    }

    function _isWellFormed(Rule rule, bytes calldata permission, Terms terms) private pure returns (bool) {
        uint256 kind = rule.kind();
        if (kind == RuleKind.ARGUMENT) {
            return rule.byteAt(0) < terms.functionCount() && _isArgumentWellFormed(rule);
        }
        if (rule.size() != _sizeOf(kind)) return false;

        if (kind == RuleKind.ARGUMENT_TOTAL) return rule.byteAt(0) < terms.functionCount();
        if (kind == RuleKind.COUNT) return rule.byteAt(0) < terms.functionCount() && rule.uint48At(1) != 0;
        if (kind == RuleKind.RATE) return rule.uint32At(0) != 0 && rule.uint32At(4) != 0;
        if (RuleKind.isToken(kind) && permission.allowsContract(terms, rule.token())) return false;
        if (kind == RuleKind.VALUE_PERIOD || kind == RuleKind.ERC20_PERIOD) {
            return rule.uint32At(rule.budgetStart() + 22) != 0;
        }
        return true;
    }

    /// @dev The size of a kind's body. An unknown kind gets one that no rule has.
    function _sizeOf(uint256 kind) private pure returns (uint256) {
        if (kind == RuleKind.VALUE_PER_CALL || kind == RuleKind.VALUE_TOTAL) return 16;
        if (kind == RuleKind.VALUE_PERIOD) return 26;
        if (kind == RuleKind.VALUE_STREAM) return 54;
        if (kind == RuleKind.ERC20_TOTAL) return 36;
        if (kind == RuleKind.ERC20_PERIOD) return 46;
        if (kind == RuleKind.ERC20_STREAM) return 74;
        if (kind == RuleKind.ERC721) return 52;
        if (kind == RuleKind.ERC1155) return 68;
        if (kind == RuleKind.ARGUMENT_TOTAL) return 18;
        if (kind == RuleKind.COUNT) return 7;
        if (kind == RuleKind.RATE) return 8;
        if (kind == RuleKind.TYPED_DATA) return 64;
        return type(uint256).max;
    }

    function _isArgumentWellFormed(Rule rule) private pure returns (bool) {
        if (rule.size() < ARGUMENT_HEAD + 32 || (rule.size() - ARGUMENT_HEAD) % 32 != 0) return false;
        uint256 operator = rule.byteAt(2);
        uint256 operands = (rule.size() - ARGUMENT_HEAD) / 32;

        if (operator <= LAST_COMPARISON) return operands == 1;
        if (operator == OPERATOR_IN) return _areAscending(rule, operands);
        if (operator != OPERATOR_MASK || operands != 2) return false;
        return rule.word(ARGUMENT_HEAD + 32) & ~rule.word(ARGUMENT_HEAD) == 0;
    }

    function _areAscending(Rule rule, uint256 operands) private pure returns (bool) {
        for (uint256 i = 1; i < operands; ++i) {
            uint256 offset = ARGUMENT_HEAD + 32 * i;
            if (rule.word(offset) <= rule.word(offset - 32)) return false;
        }
        return true;
    }
}
