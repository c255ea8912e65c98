// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Account} from "@openzeppelin/contracts/account/Account.sol";
import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {ENTRY_POINT_V08} from "../libraries/EntryPointV08.sol";
import {Terms} from "../libraries/Permission.sol";
import {Secp256k1Signature} from "../libraries/Secp256k1Signature.sol";
import {SessionValidation} from "./SessionValidation.sol";

/// @title Who signed an operation
/// @notice The signature field of an operation is one of
///
///     65 bytes                     the owner; EIP-191 over the hash on a proxy, the hash itself on a delegated EOA
///     mode, 65 bytes               the owner
///     mode, permission, 65 bytes   a session
///
/// where bit 0 of the mode byte says EIP-191 (1) or the hash itself (0), and bit 1 says session (1) or owner (0). The
/// other bits are reserved.
/// @dev The signature is judged last and a wrong one only returns failure, so that gas estimation with a placeholder
/// walks the whole path.
abstract contract OperationValidation is Account, SessionValidation {
    uint8 private constant MODE_EIP191 = 1;
    uint8 private constant MODE_SESSION = 2;

    /// @inheritdoc Account
    function entryPoint() public pure override returns (IEntryPoint) {
        return ENTRY_POINT_V08;
    }

    /// @inheritdoc Account
    function _validateUserOp(PackedUserOperation calldata op, bytes32 opHash, bytes calldata signature)
        internal
        override
        returns (uint256)
    {
        if (signature.length == Secp256k1Signature.LENGTH) return _validateBareOwner(opHash, signature);
        if (signature.length < Secp256k1Signature.LENGTH) revert SignatureMalformed();

        uint8 mode = uint8(signature[0]);
        bytes32 digest = mode & MODE_EIP191 == 0 ? opHash : MessageHashUtils.toEthSignedMessageHash(opHash);
        uint256 permissionEnd = signature.length - Secp256k1Signature.LENGTH;
        bytes calldata keySignature = signature[permissionEnd:];

        if (mode & ~MODE_EIP191 == MODE_SESSION) {
            (Terms terms, uint256 window) = _validateSession(op, signature[1:permissionEnd]);
            return window | _failure(terms.signer(), digest, keySignature);
        }
        if (mode & ~MODE_EIP191 == 0 && permissionEnd == 1) return _failure(owner(), digest, keySignature);
        revert SignatureMalformed();
    }

    function _checkEntryPoint() internal view override {
        if (msg.sender != address(ENTRY_POINT_V08)) revert NotAuthorized(msg.sender);
    }

    /// @dev Whether the owner signed `digest`, with nothing around the 65 bytes. ERC-1271 builds on it.
    function _rawSignatureValidation(bytes32 digest, bytes calldata signature) internal view override returns (bool) {
        return signature.length == Secp256k1Signature.LENGTH && _failure(owner(), digest, signature) == 0;
    }

    /// @dev Openfort's SDKs sign EIP-191 for a proxy and the hash itself for a delegated EOA.
    function _validateBareOwner(bytes32 opHash, bytes calldata signature) private view returns (uint256) {
        address stored = _accountStorage().owner;
        if (stored == address(0)) return _failure(address(this), opHash, signature);
        return _failure(stored, MessageHashUtils.toEthSignedMessageHash(opHash), signature);
    }

    /// @dev 0 when `signer` signed `digest`, 1 otherwise, as ERC-4337 wants it.
    function _failure(address signer, bytes32 digest, bytes calldata signature) private view returns (uint256) {
        return SafeCast.toUint(!Secp256k1Signature.isSignedBy(digest, signature, signer));
    }
}
