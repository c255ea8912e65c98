// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";
import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";

import {Secp256k1Signature} from "./Secp256k1Signature.sol";

/// @title Signatures of owners and session keys
/// @notice By the kind of the key:
///
///     0  secp256k1    r, s, v                              of the hash
///     1  p256         x, y, r, s                           of the hash
///     2  p256-sha256  x, y, r, s                           of sha256(hash), as WebCrypto signs the hash as a message
///     3  webauthn     x, y, abi.encode(r, s, challengeIndex, typeIndex, authenticatorData, clientDataJSON)
///                                                          of an assertion whose challenge is the hash
///
/// The address of a key on P-256 is the last 20 bytes of keccak256(x, y). s is in the lower half everywhere.
library KeySignature {
    uint256 internal constant SECP256K1 = 0;
    uint256 internal constant P256_PLAIN = 1;
    uint256 internal constant P256_SHA256 = 2;
    uint256 internal constant WEBAUTHN = 3;

    uint256 private constant PUBLIC_KEY = 64;
    uint256 private constant P256_LENGTH = 128;
    uint256 private constant ASSERTION_HEAD = 6 * 32;
    uint256 private constant INVALID = type(uint256).max;

    function isP256(uint256 kind) internal pure returns (bool) {
        return kind >= P256_PLAIN && kind <= WEBAUTHN;
    }

    function addressOf(bytes32 x, bytes32 y) internal pure returns (address) {
        return address(uint160(uint256(Hashes.efficientKeccak256(x, y))));
    }

    /// @dev Whether the signature has the one layout of its kind, and nothing beyond it: all of it is gas that the
    /// account may pay for.
    function isWellFormed(uint256 kind, bytes calldata signature) internal pure returns (bool) {
        return measure(kind, signature) == signature.length;
    }

    /// @dev How many of the bytes are one signature, when its layout begins with the first; a number that no length
    /// reaches when nothing well formed begins there. It may still be more than there are bytes.
    function measure(uint256 kind, bytes calldata data) internal pure returns (uint256) {
        if (kind == SECP256K1) return Secp256k1Signature.LENGTH;
        if (kind != WEBAUTHN) return P256_LENGTH;
        if (data.length < PUBLIC_KEY + ASSERTION_HEAD + 64) return INVALID;
        return _measureAssertion(data[PUBLIC_KEY:]);
    }

    /// @dev Whether the key behind `signer` signed `hash`. The signature must be well formed, `signer` not zero.
    function isSignedBy(uint256 kind, bytes32 hash, bytes calldata signature, address signer)
        internal
        view
        returns (bool)
    {
        if (kind == SECP256K1) return Secp256k1Signature.isSignedBy(hash, signature, signer);

        bytes32 x = bytes32(signature);
        bytes32 y = bytes32(signature[32:]);
        if (addressOf(x, y) != signer) return false;
        if (kind == WEBAUTHN) return _isAssertedBy(hash, signature[PUBLIC_KEY:], x, y);

        bytes32 digest = kind == P256_SHA256 ? sha256(abi.encode(hash)) : hash;
        return P256.verify(digest, bytes32(signature[64:]), bytes32(signature[96:]), x, y);
    }

    /// @dev User presence is required, user verification is not: a session key is used without a prompt each time.
    function _isAssertedBy(bytes32 hash, bytes calldata encoded, bytes32 x, bytes32 y) private view returns (bool) {
        (, WebAuthn.WebAuthnAuth calldata assertion) = WebAuthn.tryDecodeAuth(encoded); // well formed, so it decodes
        return WebAuthn.verify(abi.encode(hash), assertion, x, y, false);
    }

    /// @dev Both dynamic parts follow the head without a gap.
    function _measureAssertion(bytes calldata encoded) private pure returns (uint256) {
        uint256 authenticatorLength = uint256(bytes32(encoded[ASSERTION_HEAD:]));
        if (uint256(bytes32(encoded[0x80:])) != ASSERTION_HEAD || authenticatorLength > encoded.length) {
            return INVALID;
        }

        uint256 clientStart = ASSERTION_HEAD + 32 + _roundUpToWord(authenticatorLength);
        if (uint256(bytes32(encoded[0xa0:])) != clientStart || clientStart + 32 > encoded.length) return INVALID;

        uint256 clientLength = uint256(bytes32(encoded[clientStart:]));
        if (clientLength > encoded.length) return INVALID;
        return PUBLIC_KEY + clientStart + 32 + _roundUpToWord(clientLength);
    }

    function _roundUpToWord(uint256 length) private pure returns (uint256) {
        return (length + 31) & ~uint256(31);
    }
}
