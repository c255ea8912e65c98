// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../interfaces/ILatchkeyAccount.sol";
import {KeySignature} from "./KeySignature.sol";
import {Permission} from "./Permission.sol";
import {RuleLayout} from "./Rules.sol";

/// @dev Where the parts of a signature field are: kinds << 152 | mode << 144 | moment << 96 | permission << 64 | grant << 32
/// | key, each of the last three as the offset of its first byte.
type SignatureParts is uint256;

using {
    SessionSignature.mode,
    SessionSignature.wayIn,
    SessionSignature.moment,
    SessionSignature.kinds,
    SessionSignature.permission,
    SessionSignature.grant,
    SessionSignature.key
} for SignatureParts global;

/// @title The signature field of a session's operation
/// @notice Its parts, in order:
///
///     mode        1 byte
///     moment      6 bytes, exactly when the permission has a timed rule
///     permission  as long as it says
///     grant       what the owner signed, see {KeySignature}, exactly when the session is not registered
///     key         what the session key signed, see {KeySignature}
library SessionSignature {
    using Permission for bytes;

    uint8 internal constant MODE_EIP191 = 1;
    uint8 internal constant MODE_SESSION = 1 << 1;
    uint8 internal constant MODE_FIRST_USE = 1 << 2;
    uint8 internal constant MODE_STATELESS = 2 << 2;
    uint8 internal constant MODE_MOMENT = 1 << 4;
    uint8 internal constant MODE_GRANT_EIP191 = 1 << 5;

    uint8 private constant WAY_MASK = 3 << 2;
    uint256 private constant MOMENT_LENGTH = 6;

    /// @dev Whether a grant comes along.
    function isGranted(uint256 mode_) internal pure returns (bool) {
        return mode_ & WAY_MASK != 0;
    }

    /// @dev Reverts with SignatureMalformed unless the parts fill the field exactly.
    /// @param ownerKind The kind of the key that signs grants; not looked at when none should come along.
    function parse(bytes calldata signature, uint256 ownerKind) internal pure returns (SignatureParts) {
        unchecked {
            uint256 head = uint56(bytes7(signature));
            uint256 start = 1;
            if (head >> 48 & MODE_MOMENT != 0) start += MOMENT_LENGTH;

            (uint256 grantStart, uint256 kinds_) = _measurePermission(signature, start);
            uint256 keyStart = grantStart;
            if (isGranted(head >> 48)) keyStart += _grantLength(signature, grantStart, ownerKind);

            uint256 signerType = _part(signature, start, grantStart).terms().signerType();
            _checkKey(signature, keyStart, head >> 48, signerType);
            return SignatureParts.wrap(kinds_ << 152 | head << 96 | start << 64 | grantStart << 32 | keyStart);
        }
    }

    function mode(SignatureParts parts) internal pure returns (uint8) {
        return uint8(SignatureParts.unwrap(parts) >> 144);
    }

    /// @dev Which of the ways in the mode names: 0 is a registered session.
    function wayIn(SignatureParts parts) internal pure returns (uint8) {
        return mode(parts) & WAY_MASK;
    }

    /// @dev Means nothing when the field names none.
    function moment(SignatureParts parts) internal pure returns (uint48) {
        return uint48(SignatureParts.unwrap(parts) >> 96);
    }

    /// @dev The kinds of the permission's rules, one bit each, so that whoever looks for some need not walk over all.
    function kinds(SignatureParts parts) internal pure returns (uint256) {
        return SignatureParts.unwrap(parts) >> 152;
    }

    function permission(SignatureParts parts, bytes calldata signature) internal pure returns (bytes calldata) {
        return _part(signature, uint32(SignatureParts.unwrap(parts) >> 64), _grantStart(parts));
    }

    /// @dev The owner's signature; empty for a registered session.
    function grant(SignatureParts parts, bytes calldata signature) internal pure returns (bytes calldata) {
        return _part(signature, _grantStart(parts), _keyStart(parts));
    }

    function key(SignatureParts parts, bytes calldata signature) internal pure returns (bytes calldata) {
        return _part(signature, _keyStart(parts), signature.length);
    }

    /// @dev Only secp256k1 keys sign EIP-191, and only a grant that comes along is signed in some form. Ends early for
    /// registered sessions without a moment, which most are.
    function _isModeAllowed(uint256 mode_, uint256 signerType) private pure returns (bool) {
        if (signerType != KeySignature.SECP256K1 && mode_ & MODE_EIP191 != 0) return false;
        if (mode_ <= MODE_SESSION | MODE_EIP191) return true;
        if (mode_ >= MODE_GRANT_EIP191 << 1 || mode_ & WAY_MASK == WAY_MASK) return false;
        return mode_ & MODE_GRANT_EIP191 == 0 || mode_ & WAY_MASK != 0;
    }

    /// @dev The permission says by itself where it ends, and which kinds of rules it has: a timed one is there exactly when
    /// a moment goes before it. A field too short for that reads as something, but that ends behind the field.
    function _measurePermission(bytes calldata signature, uint256 start)
        private
        pure
        returns (uint256 end, uint256 kinds_)
    {
        unchecked {
            uint256 length;
            (length, kinds_) = Permission.measure(_part(signature, start, signature.length));
            end = start + length;
            _check((kinds_ & RuleLayout.TIMED != 0) == (start != 1));
            _check(signature.length >= end);
        }
    }

    function _checkKey(bytes calldata signature, uint256 start, uint256 mode_, uint256 signerType) private pure {
        _check(_isModeAllowed(mode_, signerType));
        _check(KeySignature.isWellFormed(signerType, _part(signature, start, signature.length)));
    }

    /// @dev A grant says by itself how long it is: by the owner's kind, or in the lengths that an assertion holds.
    function _grantLength(bytes calldata signature, uint256 start, uint256 ownerKind)
        private
        pure
        returns (uint256 length)
    {
        bool isPersonal = uint8(bytes1(signature)) & MODE_GRANT_EIP191 != 0;
        bytes calldata rest = _part(signature, start, signature.length);
        length = KeySignature.measure(ownerKind, rest);
        _check(length <= rest.length && (ownerKind == KeySignature.SECP256K1 || !isPersonal));
    }

    function _grantStart(SignatureParts parts) private pure returns (uint256) {
        return uint32(SignatureParts.unwrap(parts) >> 32);
    }

    function _keyStart(SignatureParts parts) private pure returns (uint256) {
        return uint32(SignatureParts.unwrap(parts));
    }

    /// @dev The bytes from `start` to `end`, which the caller has checked: slices that check again cost each use.
    function _part(bytes calldata signature, uint256 start, uint256 end) private pure returns (bytes calldata part) {
        assembly ("memory-safe") {
            part.offset := add(signature.offset, start)
            part.length := sub(end, start)
        }
    }

    function _check(bool isWellFormed) private pure {
        if (!isWellFormed) revert ILatchkeyAccount.SignatureMalformed();
    }
}
