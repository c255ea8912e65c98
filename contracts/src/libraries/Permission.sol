// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CanonicalRules} from "./CanonicalRules.sol";
import {Rule, RuleLayout} from "./Rules.sol";

/// @dev The first 32 bytes of a permission: who may act until when, and how many rules follow.
type Terms is uint256;

/// @dev The second 32 bytes of a permission: start, counters' limits and salt.
type Limits is uint256;

using {
    PermissionLayout.signerType,
    PermissionLayout.signer,
    PermissionLayout.validUntil,
    PermissionLayout.isSudo,
    PermissionLayout.hasRules,
    PermissionLayout.grantsCalls,
    PermissionLayout.functionCount,
    PermissionLayout.contractsEnd,
    PermissionLayout.functionsEnd,
    PermissionLayout.paymastersEnd
} for Terms global;
using {PermissionLayout.validAfter, PermissionLayout.callLimit, PermissionLayout.feeLimit} for Limits global;

/// @title Permission, packed, version 1
/// @notice What a session may do, as bytes. There is exactly one encoding of a permission; {isCanonical} says whether
/// some bytes are one. docs/permission-format.md explains each field.
///
///     off len field
///      0   1  version = 1
///      1   1  signerType, see {KeySignature}
///      2  20  signer
///     22   6  validUntil, unix seconds, inclusive
///     28   1  flags: bit 0 = sudo, bit 1 = rules follow
///     29   1  nContracts
///     30   1  nFunctions
///     31   1  nPaymasters
///     32   6  validAfter, unix seconds, inclusive; 0 = no start
///     38   6  limit, number of calls; 0 = not counted
///     44   8  salt
///     52  12  feeLimit, wei; 0 = none
///     64  20 * nContracts   address
///      .  24 * nFunctions   address, selector
///      .  20 * nPaymasters  address
///      .   1  nRules, with bit 1 of the flags only
///      .  each rule: kind 1, size 1, body; see {RuleKind}
library Permission {
    uint256 internal constant HEADER = 64;
    uint256 internal constant ADDRESS_ENTRY = 20;
    uint256 internal constant FUNCTION_ENTRY = 24;

    uint256 private constant MAX_SIGNER_TYPE = 3;
    uint256 private constant MAX_FLAGS = 3;

    /// @dev The permission must have at least 32 bytes.
    function terms(bytes calldata permission) internal pure returns (Terms) {
        return Terms.wrap(_word(permission, 0));
    }

    /// @dev The permission must have at least 64 bytes.
    function limits(bytes calldata permission) internal pure returns (Limits) {
        return Limits.wrap(_word(permission, 32));
    }

    /// @dev Whether any function of `target` may be called. The permission must be canonical.
    function allowsContract(bytes calldata permission, Terms t, address target) internal pure returns (bool) {
        return _contains(permission, HEADER, t.contractsEnd(), ADDRESS_ENTRY, uint160(target));
    }

    /// @dev Whether the function `entry`, see {ExecuteCalldata.functionOf}, may be called. The permission must be canonical.
    function allowsFunction(bytes calldata permission, Terms t, uint256 entry) internal pure returns (bool) {
        return _contains(permission, t.contractsEnd(), t.functionsEnd(), FUNCTION_ENTRY, entry);
    }

    /// @dev Whether `paymaster` may pay. The permission must be canonical.
    function allowsPaymaster(bytes calldata permission, Terms t, address paymaster) internal pure returns (bool) {
        return _contains(permission, t.functionsEnd(), t.paymastersEnd(), ADDRESS_ENTRY, uint160(paymaster));
    }

    /// @dev The entry number `index` of the functions: address, selector.
    function functionAt(bytes calldata permission, Terms t, uint256 index) internal pure returns (uint256) {
        unchecked {
            return _entry(permission, t.contractsEnd() + FUNCTION_ENTRY * index, FUNCTION_ENTRY);
        }
    }

    /// @dev Whether `target` is in the functions with any selector.
    function hasFunctionOf(bytes calldata permission, Terms t, address target) internal pure returns (bool) {
        unchecked {
            uint256 end = t.functionsEnd();
            for (uint256 pos = t.contractsEnd(); pos < end; pos += FUNCTION_ENTRY) {
                if (_entry(permission, pos, ADDRESS_ENTRY) == uint160(target)) return true;
            }
            return false;
        }
    }

    /// @dev The first rule and how many there are. Flag bit 1 must be set; the first is no rule when there are none.
    function rules(bytes calldata permission, Terms t) internal pure returns (Rule first, uint256 count) {
        uint256 start = t.paymastersEnd();
        uint256 offset;
        assembly ("memory-safe") {
            offset := add(permission.offset, start)
        }
        unchecked {
            return (RuleLayout.record(offset + 1, 0), _entry(permission, start, 1));
        }
    }

    /// @dev How long the permission is that `data` starts with, and which kinds of rules it has, one bit each. The length
    /// may be more than there is; then the second answer means nothing.
    function measure(bytes calldata data) internal pure returns (uint256 length, uint256 kinds) {
        Terms t = terms(data);
        length = t.paymastersEnd();
        if (!t.hasRules()) return (length, 0);

        (Rule rule, uint256 count) = rules(data, t);
        unchecked {
            ++length;
            for (uint256 i = 0; i < count; ++i) {
                length += 2 + rule.size();
                kinds |= 1 << rule.kind();
                rule = rule.next();
            }
        }
    }

    /// @dev Whether anything that the permission limits must be remembered from use to use. It must be canonical.
    function hasCounter(bytes calldata permission) internal pure returns (bool) {
        Terms t = terms(permission);
        Limits l = limits(permission);
        if (l.callLimit() != 0 || l.feeLimit() != 0) return true;
        if (!t.hasRules()) return false;

        (Rule rule, uint256 count) = rules(permission, t);
        for (uint256 i = 0; i < count; ++i) {
            if (rule.hasCounter()) return true;
            rule = rule.next();
        }
        return false;
    }

    /// @dev Whether the bytes are the one encoding of some permission. Fields past the end of short ones read as something,
    /// but then the length is wrong.
    function isCanonical(bytes calldata permission) internal pure returns (bool) {
        Terms t = terms(permission);

        bool typed = PermissionLayout.version(t) == 1 && t.signerType() <= MAX_SIGNER_TYPE;
        if (!typed || t.signer() == address(0)) return false;
        if (t.validUntil() <= limits(permission).validAfter()) return false;
        if (PermissionLayout.flags(t) > MAX_FLAGS || t.isSudo() && t.grantsCalls()) return false;

        uint256 contractsEnd = t.contractsEnd();
        uint256 functionsEnd = t.functionsEnd();
        uint256 paymastersEnd = t.paymastersEnd();
        if (t.hasRules()) {
            (uint256 length,) = measure(permission);
            if (permission.length != length || !CanonicalRules.areCanonical(permission, t)) return false;
        } else if (permission.length != paymastersEnd || t.isSudo() == t.grantsCalls()) {
            return false;
        }

        return _isAscending(permission, HEADER, contractsEnd, ADDRESS_ENTRY)
            && _isAscending(permission, contractsEnd, functionsEnd, FUNCTION_ENTRY)
            && _isAscending(permission, functionsEnd, paymastersEnd, ADDRESS_ENTRY)
            && _isDisjoint(permission, contractsEnd, functionsEnd);
    }

    /// @dev Whether the entries in [from, to) are strictly ascending, hence also distinct. Offsets are below 2^14, so
    /// nothing overflows here or in {_isDisjoint}.
    function _isAscending(bytes calldata permission, uint256 from, uint256 to, uint256 width)
        private
        pure
        returns (bool)
    {
        unchecked {
            for (uint256 pos = from + width; pos < to; pos += width) {
                if (_entry(permission, pos, width) <= _entry(permission, pos - width, width)) return false;
            }
            return true;
        }
    }

    /// @dev Whether no function belongs to a contract that is allowed as a whole. Both lists are ascending, so one walk
    /// over both is enough.
    function _isDisjoint(bytes calldata permission, uint256 contractsEnd, uint256 functionsEnd)
        private
        pure
        returns (bool)
    {
        unchecked {
            uint256 pos = HEADER;
            for (uint256 fn = contractsEnd; fn < functionsEnd; fn += FUNCTION_ENTRY) {
                uint256 target = _entry(permission, fn, ADDRESS_ENTRY);
                while (pos < contractsEnd && _entry(permission, pos, ADDRESS_ENTRY) < target) pos += ADDRESS_ENTRY;
                if (pos < contractsEnd && _entry(permission, pos, ADDRESS_ENTRY) == target) return false;
            }
            return true;
        }
    }

    /// @dev Whether one of the entries in [from, to) equals `entry`. Reads calldata without bounds checks: this loop is
    /// what a session pays for each rule, and a canonical permission is as long as its header says.
    function _contains(bytes calldata permission, uint256 from, uint256 to, uint256 width, uint256 entry)
        private
        pure
        returns (bool found)
    {
        assembly ("memory-safe") {
            let shift := sub(256, shl(3, width))
            let end := add(permission.offset, to)
            for { let pos := add(permission.offset, from) } lt(pos, end) { pos := add(pos, width) } {
                if eq(shr(shift, calldataload(pos)), entry) {
                    found := 1
                    break
                }
            }
        }
    }

    function _entry(bytes calldata permission, uint256 pos, uint256 width) private pure returns (uint256) {
        unchecked {
            return _word(permission, pos) >> (256 - 8 * width);
        }
    }

    /// @dev 32 bytes at `pos`, which may reach past the end of the permission; the caller uses only what is inside.
    function _word(bytes calldata permission, uint256 pos) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(permission.offset, pos))
        }
    }
}

/// @dev Where each field sits in the two header words.
library PermissionLayout {
    function version(Terms t) internal pure returns (uint256) {
        return Terms.unwrap(t) >> 248;
    }

    function signerType(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t) >> 240);
    }

    function signer(Terms t) internal pure returns (address) {
        return address(uint160(Terms.unwrap(t) >> 80));
    }

    function validUntil(Terms t) internal pure returns (uint48) {
        return uint48(Terms.unwrap(t) >> 32);
    }

    function flags(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t) >> 24);
    }

    function isSudo(Terms t) internal pure returns (bool) {
        return Terms.unwrap(t) & (1 << 24) != 0;
    }

    function hasRules(Terms t) internal pure returns (bool) {
        return Terms.unwrap(t) & (1 << 25) != 0;
    }

    /// @dev Whether there is a contract or a function.
    function grantsCalls(Terms t) internal pure returns (bool) {
        return Terms.unwrap(t) & 0xffff00 != 0;
    }

    function functionCount(Terms t) internal pure returns (uint256) {
        return uint8(Terms.unwrap(t) >> 8);
    }

    /// @dev Offset of the first byte behind the contracts.
    function contractsEnd(Terms t) internal pure returns (uint256) {
        unchecked {
            return Permission.HEADER + Permission.ADDRESS_ENTRY * uint8(Terms.unwrap(t) >> 16);
        }
    }

    /// @dev Offset of the first byte behind the functions.
    function functionsEnd(Terms t) internal pure returns (uint256) {
        unchecked {
            return contractsEnd(t) + Permission.FUNCTION_ENTRY * uint8(Terms.unwrap(t) >> 8);
        }
    }

    /// @dev Offset of the first byte behind the paymasters: the rules, or the end.
    function paymastersEnd(Terms t) internal pure returns (uint256) {
        unchecked {
            return functionsEnd(t) + Permission.ADDRESS_ENTRY * uint8(Terms.unwrap(t));
        }
    }

    function validAfter(Limits l) internal pure returns (uint48) {
        return uint48(Limits.unwrap(l) >> 208);
    }

    function callLimit(Limits l) internal pure returns (uint256) {
        return uint48(Limits.unwrap(l) >> 160);
    }

    function feeLimit(Limits l) internal pure returns (uint256) {
        return uint96(Limits.unwrap(l));
    }
}
