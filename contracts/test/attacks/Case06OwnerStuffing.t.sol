// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {KeyOwnerFixture} from "../support/KeyOwnerFixture.sol";
import {PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 6, for owners on P-256: their signatures have lengths of their own, and none has room for more.
contract Case06OwnerStuffingTest is KeyOwnerFixture {
    function test_case06_bytesBehindAnOwnersKey_areMalformed(bytes memory stuffing) public {
        vm.assume(stuffing.length != 0);
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ownedBy(kind, ping());
            op.signature = bytes.concat(op.signature, stuffing);

            expectMalformed();
            submit(op);
        }
    }

    function test_case06_ownersKeyTooShort_isMalformed(uint256 length) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ownedBy(kind, ping());
            op.signature = prefixOf(op.signature, bound(length, 1, op.signature.length - 1));

            expectMalformed();
            submit(op);
        }
    }

    /// Each of the words that say where something is, or how long. Nothing is read that is not there.
    function test_case06_otherStructureOfAnAssertion_isMalformed(uint256 value) public {
        ownBy(WEBAUTHN);
        uint256[4] memory structural = [uint256(4), 5, 6, 9]; // offsets, and the lengths behind them
        for (uint256 i = 0; i < structural.length; ++i) {
            PackedUserOperation memory op = ownedBy(WEBAUTHN, ping());
            uint256 honest = setWord(op.signature, structural[i], value);
            if ((honest + 31) / 32 == value / 32 + (value % 32 == 0 ? 0 : 1)) continue;

            expectMalformed();
            submit(op);
        }
    }

    function test_case06_largestLengths_areMalformed() public {
        for (uint256 less = 0; less < 64; ++less) {
            test_case06_otherStructureOfAnAssertion_isMalformed(type(uint256).max - less);
        }
    }

    /// The first of the two parts claims all that is there, or just so much that no length of the second remains.
    function test_case06_assertionWithoutClientData_isMalformed() public {
        ownBy(WEBAUTHN);
        PackedUserOperation memory op = ownedBy(WEBAUTHN, ping());
        uint256 encoded = op.signature.length - 1 - 64;
        for (uint256 length = encoded - 8 * 32; length <= encoded; length += 32) {
            setWord(op.signature, 6, length);
            setWord(op.signature, 5, 7 * 32 + length);

            expectMalformed();
            submit(op);
        }
    }

    // --- grants

    function test_case06_bytesBetweenGrantAndKey_areRefused(bytes memory stuffing) public {
        vm.assume(stuffing.length != 0);
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            bytes memory grant = bytes.concat(keyGrant(kind, permission), stuffing);

            expectMalformed();
            submit(granted(FIRST_USE, permission, grant));
        }
    }

    function test_case06_grantTooShort_isMalformed(uint256 length) public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            bytes memory grant = keyGrant(kind, permission);
            // An assertion that lacks its end takes the bytes of the key for it, and leaves too few.
            grant = prefixOf(grant, bound(length, 0, grant.length - 1));

            expectMalformed();
            submit(granted(FIRST_USE, permission, grant));
        }
    }

    /// An assertion that is none has no length, which must not become one by overflow: 64 bytes and the permission's
    /// last would be a key signature.
    function test_case06_grantWithoutLength_isMalformed() public {
        ownBy(WEBAUTHN);
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        PackedUserOperation memory op = ping();
        op.signature = abi.encodePacked(FIRST_USE, permission, new bytes(64));

        expectMalformed();
        submit(op);
    }

    /// A secp256k1 grant's 65 bytes under an owner whose grants are longer, and the reverse.
    function test_case06_grantOfAnotherKind_isMalformed() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            expectMalformed();
            submit(granted(FIRST_USE, permission, keyGrant(kind, permission)));
        }
        bytes memory grant = ownerGrant(permission);
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            expectMalformed();
            submit(granted(FIRST_USE, permission, grant));
        }
    }

    function prefixOf(bytes memory data, uint256 length) private pure returns (bytes memory prefix) {
        prefix = new bytes(length);
        for (uint256 i = 0; i < length; ++i) {
            prefix[i] = data[i];
        }
    }

    /// @dev Sets one word of the assertion behind mode and public key, and returns what was there.
    function setWord(bytes memory signature, uint256 word, uint256 value) private pure returns (uint256 before) {
        assembly ("memory-safe") {
            let place := add(signature, add(0x61, mul(word, 0x20)))
            before := mload(place)
            mstore(place, value)
        }
    }
}
