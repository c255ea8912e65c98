// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {P256} from "@openzeppelin/contracts/utils/cryptography/P256.sol";
import {WebAuthn} from "@openzeppelin/contracts/utils/cryptography/WebAuthn.sol";

import {Secp256k1Signature} from "./Secp256k1Signature.sol";

/// @title Signatures of session keys
/// @notice By the permission's signer type:
///
///     0  secp256k1    r, s, v                              of the hash
///     1  p256         x, y, r, s                           of the hash
///     2  p256-sha256  x, y, r, s                           of sha256(hash), as WebCrypto signs the hash as a message
///     3  webauthn     x, y, abi.encode(r, s, challengeIndex, typeIndex, authenticatorData, clientDataJSON)
///                                                          of an assertion whose challenge is the hash
///
/// The signer's address is the last 20 bytes of keccak256(x, y). s is in the lower half everywhere.
library KeySignature {
    uint256 internal constant SECP256K1 = 0;
    uint256 internal constant P256_PLAIN = 1;
    uint256 internal constant P256_SHA256 = 2;
    uint256 internal constant WEBAUTHN = 3;

    uint256 private constant PUBLIC_KEY = 64;
    uint256 private constant P256_LENGTH = 128;
    uint256 private constant ASSERTION_HEAD = 6 * 32;

    /// @dev Whether the signature has the one layout of its type, and nothing beyond it: all of it is gas that the
    /// account may pay for.
    function isWellFormed(uint256 signerType, bytes calldata signature) internal pure returns (bool) {
        if (signerType == SECP256K1) return signature.length == Secp256k1Signature.LENGTH;
        if (signerType != WEBAUTHN) return signature.length == P256_LENGTH;
        return signature.length >= PUBLIC_KEY + ASSERTION_HEAD + 64 && _isCanonicalAssertion(signature[PUBLIC_KEY:]);
    }

    /// @dev Whether the key behind `signer` signed `hash`. The signature must be well formed, `signer` not zero.
    function isSignedBy(uint256 signerType, bytes32 hash, bytes calldata signature, address signer)
        internal
        view
        returns (bool)
    {
        if (signerType == SECP256K1) return Secp256k1Signature.isSignedBy(hash, signature, signer);

        bytes32 x = bytes32(signature);
        bytes32 y = bytes32(signature[32:]);
        if (address(uint160(uint256(keccak256(signature[:PUBLIC_KEY])))) != signer) return false;
        if (signerType == WEBAUTHN) return _isAssertedBy(hash, signature[PUBLIC_KEY:], x, y);

        bytes32 digest = signerType == P256_SHA256 ? sha256(abi.encode(hash)) : hash;
        return P256.verify(digest, bytes32(signature[64:]), bytes32(signature[96:]), x, y);
    }

    /// @dev User presence is required, user verification is not: a session key is used without a prompt each time.
    function _isAssertedBy(bytes32 hash, bytes calldata encoded, bytes32 x, bytes32 y) private view returns (bool) {
        (bool ok, WebAuthn.WebAuthnAuth calldata assertion) = WebAuthn.tryDecodeAuth(encoded);
        return ok && WebAuthn.verify(abi.encode(hash), assertion, x, y, false);
    }

    /// @dev Both dynamic parts follow the head without a gap, and nothing follows them.
    function _isCanonicalAssertion(bytes calldata encoded) private pure returns (bool) {
        uint256 authenticatorLength = uint256(bytes32(encoded[ASSERTION_HEAD:]));
        if (uint256(bytes32(encoded[0x80:])) != ASSERTION_HEAD || authenticatorLength > encoded.length) return false;

        uint256 clientStart = ASSERTION_HEAD + 32 + _roundUpToWord(authenticatorLength);
        if (uint256(bytes32(encoded[0xa0:])) != clientStart || clientStart + 32 > encoded.length) return false;

        uint256 clientLength = uint256(bytes32(encoded[clientStart:]));
        return clientLength <= encoded.length && encoded.length == clientStart + 32 + _roundUpToWord(clientLength);
    }

    function _roundUpToWord(uint256 length) private pure returns (uint256) {
        return (length + 31) & ~uint256(31);
    }
}
