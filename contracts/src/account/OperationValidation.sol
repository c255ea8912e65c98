// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ENTRY_POINT_V08} from "../libraries/EntryPointV08.sol";
import {KeySignature} from "../libraries/KeySignature.sol";
import {OperationFields} from "../libraries/OperationFields.sol";
import {Permission, Terms} from "../libraries/Permission.sol";
import {Secp256k1Signature} from "../libraries/Secp256k1Signature.sol";
import {SessionSignature, SignatureParts} from "../libraries/SessionSignature.sol";
import {SessionStatus} from "../libraries/SessionStatus.sol";
import {SessionValidation} from "./SessionValidation.sol";

/// @title Who signed an operation
/// @notice The signature field of an operation is one of
///
///     65 bytes   an owner on secp256k1; EIP-191 over the hash on a proxy, the hash itself on a delegated EOA
///     mode, ...  the owner, see {KeySignature}
///     mode, ...  a session, see {SessionSignature}
///
/// where bit 0 of the mode byte says EIP-191 (1) or the hash itself (0), and bit 1 says session (1) or owner (0).
/// EIP-191 is for keys on secp256k1 only.
/// @dev Signatures are judged last and a wrong one only returns failure, so that gas estimation with a placeholder
/// walks the whole path.
abstract contract OperationValidation is Account, SessionValidation {
    using OperationFields for PackedUserOperation;
    using Permission for bytes;
    using SessionSignature for bytes;
    using SessionStatus for uint256;

    /// @inheritdoc Account
    function entryPoint() public pure override returns (IEntryPoint) {
        return ENTRY_POINT_V08;
    }

    /// @inheritdoc Account
    function validateUserOp(PackedUserOperation calldata op, bytes32 opHash, uint256 missingFunds)
        public
        override
        onlyEntryPoint
        returns (uint256 validationData)
    {
        validationData = _validateUserOp(op, opHash, op.signatureOf());
        _payPrefund(missingFunds);
    }

    /// @inheritdoc Account
    function _validateUserOp(PackedUserOperation calldata op, bytes32 opHash, bytes calldata signature)
        internal
        override
        returns (uint256)
    {
        if (signature.length == Secp256k1Signature.LENGTH) return _validateBareOwner(opHash, signature);
        if (signature.length < 1 + Secp256k1Signature.LENGTH) revert SignatureMalformed();

        uint8 mode = uint8(signature[0]);
        if (mode & SessionSignature.MODE_SESSION != 0) return _validateSession(op, opHash, signature, mode);
        return _validateOwner(mode, opHash, signature[1:]);
    }

    function _checkEntryPoint() internal view override {
        if (msg.sender != address(ENTRY_POINT_V08)) revert NotAuthorized(msg.sender);
    }

    /// @dev Whether the owner signed `digest`, with nothing around the key signature. ERC-1271 builds on it.
    function _rawSignatureValidation(bytes32 digest, bytes calldata signature) internal view override returns (bool) {
        (address signer, uint256 kind) = _ownerKey();
        return KeySignature.isWellFormed(kind, signature) && KeySignature.isSignedBy(kind, digest, signature, signer);
    }

    /// @dev Openfort's SDKs sign EIP-191 for a proxy and the hash itself for a delegated EOA.
    function _validateBareOwner(bytes32 opHash, bytes calldata signature) private view returns (uint256) {
        (address stored, uint256 kind) = _storedOwner();
        if (stored == address(0)) return _failure(address(this), opHash, signature);
        if (kind != KeySignature.SECP256K1) revert SignatureMalformed();
        return _failure(stored, MessageHashUtils.toEthSignedMessageHash(opHash), signature);
    }

    function _validateOwner(uint8 mode, bytes32 opHash, bytes calldata signature) private view returns (uint256) {
        (address signer, uint256 kind) = _ownerKey();
        uint8 highest = kind == KeySignature.SECP256K1 ? SessionSignature.MODE_EIP191 : 0;
        if (mode > highest || !KeySignature.isWellFormed(kind, signature)) revert SignatureMalformed();
        return _failure(kind, signer, _signed(opHash, mode), signature);
    }

    function _validateSession(PackedUserOperation calldata op, bytes32 opHash, bytes calldata signature, uint8 mode)
        private
        returns (uint256 validationData)
    {
        uint256 grantKind = SessionSignature.isGranted(mode) ? _accountStorage().ownerKind : 0;
        SignatureParts parts = signature.parse(grantKind);
        bytes calldata permission = parts.permission(signature);
        (bytes32 id, Session storage session) = _find(permission);
        uint256 word = session.word;
        Use memory use = Use(id, word, parts);

        if (use.parts.wayIn() != 0) {
            _admit(permission, use);
            validationData = _grantFailure(use, signature);
        } else if (word.status() != SessionStatus.ACTIVE) {
            revert SessionNotActive(id, word.status());
        }

        // The permission is canonical: it was checked just now, or when the session became active.
        validationData |= _judge(op, permission, use);
        if (use.word != word) session.word = use.word;
        validationData |= _keyFailure(permission.terms(), use, opHash, signature);
    }

    /// @dev Lets in a session that is not registered, if the owner signed for it. One that is used for the first time
    /// is active from then on; one without counters may stay unregistered, so that closing it is all that is stored.
    function _admit(bytes calldata permission, Use memory use) private {
        uint8 status = use.word.status();
        if (status == SessionStatus.ACTIVE) revert SessionExists(use.id);
        if (status != SessionStatus.NONE) revert SessionNotActive(use.id, status);
        if (!permission.isCanonical()) revert PermissionMalformed();

        if (use.parts.wayIn() == SessionSignature.MODE_STATELESS) {
            if (permission.hasCounter()) revert PermissionMalformed();
            return;
        }
        use.word = SessionStatus.ACTIVE;
        emit SessionRegistered(use.id, permission.terms().signer(), permission);
    }

    function _grantFailure(Use memory use, bytes calldata signature) private view returns (uint256) {
        bytes32 digest = _signed(_grantDigest(use.id), use.parts.mode() & SessionSignature.MODE_GRANT_EIP191);
        (address signer, uint256 kind) = _ownerKey();
        return _failure(kind, signer, digest, use.parts.grant(signature));
    }

    function _keyFailure(Terms terms, Use memory use, bytes32 opHash, bytes calldata signature)
        private
        view
        returns (uint256)
    {
        bytes32 digest = _signed(opHash, use.parts.mode() & SessionSignature.MODE_EIP191);
        return _failure(terms.signerType(), terms.signer(), digest, use.parts.key(signature));
    }

    /// @dev What a key signs for `hash`: EIP-191 over it when the form is not zero, otherwise the hash itself.
    function _signed(bytes32 hash, uint8 form) private pure returns (bytes32) {
        return form == 0 ? hash : MessageHashUtils.toEthSignedMessageHash(hash);
    }

    /// @dev 0 when `signer` signed `digest`, 1 otherwise, as ERC-4337 wants it.
    function _failure(address signer, bytes32 digest, bytes calldata signature) private view returns (uint256) {
        return SafeCast.toUint(!Secp256k1Signature.isSignedBy(digest, signature, signer));
    }

    /// @dev The same for a signer of any kind.
    function _failure(uint256 kind, address signer, bytes32 digest, bytes calldata signature)
        private
        view
        returns (uint256)
    {
        return SafeCast.toUint(!KeySignature.isSignedBy(kind, digest, signature, signer));
    }
}
