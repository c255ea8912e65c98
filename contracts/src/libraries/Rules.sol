// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @dev One rule of a permission: position << 80 | kind << 72 | size << 64 | where its body starts in the calldata.
type Rule is uint256;

using {
    RuleLayout.kind,
    RuleLayout.size,
    RuleLayout.position,
    RuleLayout.next,
    RuleLayout.word,
    RuleLayout.token,
    RuleLayout.byteAt,
    RuleLayout.uint32At,
    RuleLayout.uint48At,
    RuleLayout.uint128At,
    RuleLayout.budgetStart,
    RuleLayout.isTimed,
    RuleLayout.hasCounter
} for Rule global;

/// @title The kinds of rules
/// @notice Each kind's body, in bytes; docs/permission-format.md explains what they mean. Kinds of one nibble limit the
/// same thing, and the order of the kinds is the order in which rules are applied.
library RuleKind {
    /// max 16
    uint256 internal constant VALUE_PER_CALL = 0x01;
    /// max 16
    uint256 internal constant VALUE_TOTAL = 0x02;
    /// max 16, start 6, period 4
    uint256 internal constant VALUE_PERIOD = 0x03;
    /// initial 16, perSecond 16, max 16, start 6
    uint256 internal constant VALUE_STREAM = 0x04;
    /// token 20, max 16
    uint256 internal constant ERC20_TOTAL = 0x11;
    /// token 20, max 16, start 6, period 4
    uint256 internal constant ERC20_PERIOD = 0x12;
    /// token 20, initial 16, perSecond 16, max 16, start 6
    uint256 internal constant ERC20_STREAM = 0x13;
    /// token 20, id 32
    uint256 internal constant ERC721 = 0x21;
    /// token 20, id 32, max 16
    uint256 internal constant ERC1155 = 0x22;
    /// function 1, word 1, operator 1, operands 32 each
    uint256 internal constant ARGUMENT = 0x31;
    /// function 1, word 1, max 16
    uint256 internal constant ARGUMENT_TOTAL = 0x32;
    /// function 1, limit 6
    uint256 internal constant COUNT = 0x41;
    /// count 4, interval 4
    uint256 internal constant RATE = 0x42;
    /// domain separator 32, type hash 32
    uint256 internal constant TYPED_DATA = 0x51;

    function isValue(uint256 kind) internal pure returns (bool) {
        return kind < ERC20_TOTAL;
    }

    function isErc20(uint256 kind) internal pure returns (bool) {
        return kind >> 4 == 1;
    }

    /// @dev Whether the rule limits one token, and so grants the calls that it knows of.
    function isToken(uint256 kind) internal pure returns (bool) {
        return kind >= ERC20_TOTAL && kind <= ERC1155;
    }

    /// @dev Whether the rule belongs to one entry of the functions. It must limit neither value nor a token.
    function isFunction(uint256 kind) internal pure returns (bool) {
        return kind <= COUNT;
    }
}

/// @title Reading one rule
/// @dev Reads calldata without bounds checks: whoever hands out a rule has checked that it lies inside a permission.
library RuleLayout {
    /// Sets of kinds, one bit each.
    uint256 internal constant VALUES = (1 << RuleKind.VALUE_PER_CALL) | (1 << RuleKind.VALUE_TOTAL)
        | (1 << RuleKind.VALUE_PERIOD) | (1 << RuleKind.VALUE_STREAM);
    uint256 internal constant TOKENS = (1 << RuleKind.ERC20_TOTAL) | (1 << RuleKind.ERC20_PERIOD)
        | (1 << RuleKind.ERC20_STREAM) | (1 << RuleKind.ERC721) | (1 << RuleKind.ERC1155);
    uint256 internal constant TIMED = (1 << RuleKind.VALUE_PERIOD) | (1 << RuleKind.VALUE_STREAM)
        | (1 << RuleKind.ERC20_PERIOD) | (1 << RuleKind.ERC20_STREAM) | (1 << RuleKind.RATE);
    uint256 private constant COUNTERLESS =
        (1 << RuleKind.VALUE_PER_CALL) | (1 << RuleKind.ERC721) | (1 << RuleKind.ARGUMENT) | (1 << RuleKind.TYPED_DATA);

    /// @dev The record that starts at `offset` of the calldata.
    function record(uint256 offset, uint256 index) internal pure returns (Rule rule) {
        assembly ("memory-safe") {
            rule := or(or(shl(80, index), shl(64, shr(240, calldataload(offset)))), add(offset, 2))
        }
    }

    function next(Rule rule) internal pure returns (Rule) {
        unchecked {
            return record(_body(rule) + size(rule), position(rule) + 1);
        }
    }

    function kind(Rule rule) internal pure returns (uint256) {
        return uint8(Rule.unwrap(rule) >> 72);
    }

    function size(Rule rule) internal pure returns (uint256) {
        return uint8(Rule.unwrap(rule) >> 64);
    }

    /// @dev Where the rule stands in its permission, which is also the number of its counter.
    function position(Rule rule) internal pure returns (uint8) {
        return uint8(Rule.unwrap(rule) >> 80);
    }

    /// @dev 32 bytes of the body from `offset`; those past its end are not the rule's.
    function word(Rule rule, uint256 offset) internal pure returns (uint256 value) {
        uint256 body = _body(rule);
        assembly ("memory-safe") {
            value := calldataload(add(body, offset))
        }
    }

    /// @dev The token of a rule that limits one.
    function token(Rule rule) internal pure returns (address) {
        return address(uint160(word(rule, 0) >> 96));
    }

    function byteAt(Rule rule, uint256 offset) internal pure returns (uint256) {
        return word(rule, offset) >> 248;
    }

    function uint32At(Rule rule, uint256 offset) internal pure returns (uint256) {
        return word(rule, offset) >> 224;
    }

    function uint48At(Rule rule, uint256 offset) internal pure returns (uint256) {
        return word(rule, offset) >> 208;
    }

    function uint128At(Rule rule, uint256 offset) internal pure returns (uint256) {
        return word(rule, offset) >> 128;
    }

    /// @dev Where the amounts of a value or ERC-20 rule start: behind its token.
    function budgetStart(Rule rule) internal pure returns (uint256) {
        return RuleKind.isValue(kind(rule)) ? 0 : 20;
    }

    /// @dev Whether the rule's answer depends on the moment of use.
    function isTimed(Rule rule) internal pure returns (bool) {
        return _isIn(kind(rule), TIMED);
    }

    /// @dev Whether the rule remembers what was used.
    function hasCounter(Rule rule) internal pure returns (bool) {
        return !_isIn(kind(rule), COUNTERLESS);
    }

    function _isIn(uint256 element, uint256 set) private pure returns (bool) {
        return set >> element & 1 == 1;
    }

    function _body(Rule rule) private pure returns (uint256) {
        return uint64(Rule.unwrap(rule));
    }
}
