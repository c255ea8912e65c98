// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC7739Utils} from "@openzeppelin/contracts/utils/cryptography/draft-ERC7739Utils.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";

import {KeySignature} from "../libraries/KeySignature.sol";
import {Permission, Terms} from "../libraries/Permission.sol";
import {Rule, RuleKind} from "../libraries/Rules.sol";
import {SessionSignature} from "../libraries/SessionSignature.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {SessionRegistry} from "./SessionRegistry.sol";

/// @title Typed data that sessions sign for the account
/// @notice Off unless the permission names the application's domain and the type of message. The signature is
///
///     mode         1 byte: a session
///     permission   as long as it says
///     length       2 bytes
///     contents     so many bytes: the type hash and the encoded data, whose hash is the contents' hash
///     the rest     by ERC-7739: key signature, domain separator, contents' hash, description, its length
///
/// The contents are there because the description proves nothing: whoever signs writes it, and could call a token permit
/// by the name of a harmless type. Only what the contents' hash is the hash of shows its type.
abstract contract SessionMessages is SessionRegistry {
    using Permission for bytes;
    using SessionStatus for uint256;

    uint256 private constant LENGTH = 2;

    /// @dev Whether an active session with a rule for it signed the typed data behind `hash`. Never reverts: a signature
    /// in any other form is no session's.
    function _isSessionMessage(bytes32 hash, bytes calldata signature) internal view returns (bool) {
        (uint256 permissionEnd, uint256 contentsEnd) = _measureMessage(signature);
        if (contentsEnd == 0) return false;

        bytes calldata permission = signature[1:permissionEnd];
        bytes calldata contents = signature[permissionEnd + LENGTH:contentsEnd];
        bytes calldata nested = signature[contentsEnd:];
        return _isHashOf(hash, contents, nested) && _mayActNow(permission)
            && _maySign(permission, nested, bytes32(contents)) && _isNestedSignature(permission, nested);
    }

    /// @dev Where the permission and the contents end; both zero when they do not fit.
    function _measureMessage(bytes calldata signature)
        private
        pure
        returns (uint256 permissionEnd, uint256 contentsEnd)
    {
        bool hasHead = signature.length > Permission.HEADER && uint8(signature[0]) == SessionSignature.MODE_SESSION;
        if (!hasHead) return (0, 0);

        (uint256 length,) = Permission.measure(signature[1:]);
        permissionEnd = 1 + length;
        if (signature.length < permissionEnd + LENGTH) return (0, 0);
        uint256 contentsLength = uint16(bytes2(signature[permissionEnd:]));
        contentsEnd = permissionEnd + LENGTH + contentsLength;
        if (contentsLength < 32 || signature.length < contentsEnd) return (0, 0);
    }

    /// @dev Whether the application asks about these contents in the domain that the signature names.
    function _isHashOf(bytes32 hash, bytes calldata contents, bytes calldata nested) private pure returns (bool) {
        (, bytes32 separator, bytes32 contentsHash,) = ERC7739Utils.decodeTypedDataSig(nested);
        return keccak256(contents) == contentsHash && MessageHashUtils.toTypedDataHash(separator, contentsHash) == hash;
    }

    function _mayActNow(bytes calldata permission) private view returns (bool) {
        (, Session storage session) = _find(permission);
        return session.word.status() == SessionStatus.ACTIVE && block.timestamp >= permission.limits().validAfter()
            && block.timestamp <= permission.terms().validUntil();
    }

    function _maySign(bytes calldata permission, bytes calldata nested, bytes32 typeHash) private pure returns (bool) {
        Terms terms = permission.terms();
        if (!terms.hasRules()) return false;

        (, bytes32 separator,,) = ERC7739Utils.decodeTypedDataSig(nested);
        (Rule rule, uint256 count) = permission.rules(terms);
        for (; count != 0; --count) {
            bool isGranted = rule.kind() == RuleKind.TYPED_DATA && bytes32(rule.word(0)) == separator
                && bytes32(rule.word(32)) == typeHash;
            if (isGranted) return true;
            rule = rule.next();
        }
        return false;
    }

    /// @dev Whether the session key signed the contents, nested in the account's own domain.
    function _isNestedSignature(bytes calldata permission, bytes calldata nested) private view returns (bool) {
        bytes32 digest = _nestedDigest(nested);
        (bytes calldata key,,,) = ERC7739Utils.decodeTypedDataSig(nested);
        Terms terms = permission.terms();
        return digest != 0 && KeySignature.isWellFormed(terms.signerType(), key)
            && KeySignature.isSignedBy(terms.signerType(), digest, key, terms.signer());
    }

    /// @dev Zero when the description names no type.
    function _nestedDigest(bytes calldata nested) private view returns (bytes32) {
        (, bytes32 separator, bytes32 contentsHash, string calldata description) =
            ERC7739Utils.decodeTypedDataSig(nested);
        bytes memory domain =
            abi.encode(keccak256(bytes(NAME)), keccak256(bytes(VERSION)), block.chainid, address(this), bytes32(0));
        bytes32 structHash = ERC7739Utils.typedDataSignStructHash(description, contentsHash, domain);
        return structHash == 0 ? structHash : MessageHashUtils.toTypedDataHash(separator, structHash);
    }
}
