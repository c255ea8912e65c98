// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Base64} from "@openzeppelin/contracts/utils/Base64.sol";

import {AccountFixture} from "./AccountFixture.sol";
import {Grant} from "./PermissionBuilder.sol";

/// @title Session keys on P-256
abstract contract P256Fixture is AccountFixture {
    uint8 internal constant P256 = 1;
    uint8 internal constant P256_SHA256 = 2;
    uint8 internal constant WEBAUTHN = 3;
    uint256 internal constant ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551;

    uint256 internal constant P256_KEY = 0xC0FFEE;
    bytes1 internal constant USER_PRESENT = 0x01;

    /// @dev {defaultGrant}, for a key of the given type.
    function grantTo(uint8 signerType) internal view returns (Grant memory g) {
        g = defaultGrant();
        g.signerType = signerType;
        g.signer = addressOf(P256_KEY);
    }

    function addressOf(uint256 key) internal pure returns (address) {
        return address(uint160(uint256(keccak256(publicKeyOf(key)))));
    }

    function publicKeyOf(uint256 key) internal pure returns (bytes memory) {
        (uint256 x, uint256 y) = vm.publicKeyP256(key);
        return abi.encode(x, y);
    }

    /// @dev What the key of the given type signs for `hash`, as the account takes it.
    function signP256(uint8 signerType, uint256 key, bytes32 hash) internal pure returns (bytes memory) {
        if (signerType == WEBAUTHN) return assertion(key, clientDataOf(hash), USER_PRESENT);
        bytes32 digest = signerType == P256_SHA256 ? sha256(abi.encode(hash)) : hash;
        (bytes32 r, bytes32 s) = lowS(key, digest);
        return abi.encodePacked(publicKeyOf(key), r, s);
    }

    /// @dev What a browser's authenticator answers, for the given client data and flags.
    function assertion(uint256 key, string memory clientData, bytes1 flags)
        internal
        pure
        returns (bytes memory)
    {
        bytes memory authenticatorData = abi.encodePacked(sha256("latchkey.dev"), flags, uint32(0));
        (bytes32 r, bytes32 s) = lowS(key, sha256(abi.encodePacked(authenticatorData, sha256(bytes(clientData)))));
        bytes memory encoded = abi.encode(r, s, uint256(23), uint256(1), authenticatorData, clientData);
        return abi.encodePacked(publicKeyOf(key), encoded);
    }

    function clientDataOf(bytes32 hash) internal pure returns (string memory) {
        string memory challenge = Base64.encodeURL(abi.encode(hash));
        return string.concat('{"type":"webauthn.get","challenge":"', challenge, '","origin":"https://latchkey.dev"}');
    }

    function lowS(uint256 key, bytes32 digest) internal pure returns (bytes32 r, bytes32 s) {
        (r, s) = vm.signP256(key, digest);
        if (uint256(s) > ORDER / 2) s = bytes32(ORDER - uint256(s));
    }
}
