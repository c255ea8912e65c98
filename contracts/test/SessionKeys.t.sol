// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {P256Fixture} from "./support/P256Fixture.sol";

/// @dev Sessions whose keys are on P-256: plain, as WebCrypto signs, and passkeys.
abstract contract SessionKeysBehavior is P256Fixture {
    function test_keys_everyType_acts(uint256 key) public {
        key = bound(key, 1, ORDER - 1);
        for (uint8 signerType = P256; signerType <= WEBAUTHN; ++signerType) {
            Grant memory g = grantTo(signerType);
            g.signer = addressOf(key);
            bytes memory permission = register(g);

            useSigned(permission, signerType, key);
            assertEq(target.pings(), signerType, "the call was made");
        }
    }

    function test_keys_otherKey_reverts() public {
        for (uint8 signerType = P256; signerType <= WEBAUTHN; ++signerType) {
            bytes memory permission = register(grantTo(signerType));

            expectBadSignature();
            useSigned(permission, signerType, P256_KEY + 1);
        }
    }

    /// The right public key, over another hash.
    function test_keys_otherHash_reverts(bytes32 hash) public {
        for (uint8 signerType = P256; signerType <= WEBAUTHN; ++signerType) {
            bytes memory permission = register(grantTo(signerType));

            expectBadSignature();
            submitSigned(ping(), permission, signP256(signerType, P256_KEY, hash));
        }
    }

    /// Another public key in front of a good signature.
    function test_keys_swappedPublicKey_reverts() public {
        bytes memory permission = register(grantTo(P256));
        PackedUserOperation memory op = ping();
        (bytes32 r, bytes32 s) = lowS(P256_KEY, ENTRY_POINT.getUserOpHash(op));

        expectBadSignature();
        submitSigned(op, permission, abi.encodePacked(publicKeyOf(P256_KEY + 1), r, s));
    }

    function test_keys_highS_reverts() public {
        bytes memory permission = register(grantTo(P256));
        PackedUserOperation memory op = ping();
        (bytes32 r, bytes32 s) = lowS(P256_KEY, ENTRY_POINT.getUserOpHash(op));

        expectBadSignature();
        submitSigned(op, permission, abi.encodePacked(publicKeyOf(P256_KEY), r, bytes32(ORDER - uint256(s))));
    }

    function test_keys_eip191Mode_isMalformed() public {
        for (uint8 signerType = P256; signerType <= WEBAUTHN; ++signerType) {
            bytes memory permission = register(grantTo(signerType));
            PackedUserOperation memory op = ping();
            bytes32 hash = eip191(ENTRY_POINT.getUserOpHash(op));
            op.signature = abi.encodePacked(SESSION_EIP191, permission, signP256(signerType, P256_KEY, hash));

            expectMalformed();
            submit(op);
        }
    }

    function test_keys_anyOtherLength_isMalformed(uint8 length) public {
        vm.assume(length != 128);
        bytes memory permission = register(grantTo(P256));

        expectMalformed();
        submitSigned(ping(), permission, new bytes(length));
    }

    // --- passkeys

    function test_webauthn_userNotPresent_reverts() public {
        bytes memory permission = register(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        string memory clientData = clientDataOf(ENTRY_POINT.getUserOpHash(op));

        expectBadSignature();
        submitSigned(op, permission, assertion(P256_KEY, clientData, 0x04)); // verified, but not present
    }

    function test_webauthn_registration_isNoAssertion() public {
        bytes memory permission = register(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        bytes memory clientData = bytes(clientDataOf(ENTRY_POINT.getUserOpHash(op)));
        clientData[18] = "s"; // webauthn.set

        expectBadSignature();
        submitSigned(op, permission, assertion(P256_KEY, string(clientData), USER_PRESENT));
    }

    /// A challenge elsewhere in the client data is not the challenge.
    function test_webauthn_challengeInAnotherField_reverts() public {
        bytes memory permission = register(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        string memory honest = clientDataOf(ENTRY_POINT.getUserOpHash(op));
        string memory other = string.concat('{"type":"webauthn.get","challenge":"AAAA","extra":', honest, "}");

        expectBadSignature();
        submitSigned(op, permission, assertion(P256_KEY, other, USER_PRESENT));
    }

    /// The encoding has no slack: a word moved or added is refused before anything is verified.
    function test_webauthn_anyOtherStructure_isMalformed(uint256 word, uint256 value) public {
        bytes memory permission = register(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        bytes memory key = signP256(WEBAUTHN, P256_KEY, ENTRY_POINT.getUserOpHash(op));
        uint256[3] memory structural = [uint256(2 + 4), 2 + 5, 2 + 9]; // two offsets, the client data's length
        word = structural[bound(word, 0, 2)];
        uint256 honest;
        assembly ("memory-safe") {
            let place := add(key, add(0x20, mul(word, 0x20)))
            honest := mload(place)
            mstore(place, value)
        }
        vm.assume(value > type(uint64).max || (value + 31) / 32 != (honest + 31) / 32);

        expectMalformed();
        submitSigned(op, permission, key);
    }

    /// Lengths that reach past the end, or past the last number.
    function test_webauthn_lengthPastTheEnd_isMalformed() public {
        bytes memory permission = register(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        bytes memory key = signP256(WEBAUTHN, P256_KEY, ENTRY_POINT.getUserOpHash(op));
        uint256 longest = (key.length - 64) / 32 * 32;

        setWord(key, 2 + 6, type(uint256).max);
        expectMalformed();
        submitSigned(op, permission, key);

        setWord(key, 2 + 6, longest);
        setWord(key, 2 + 5, 7 * 32 + longest); // as if the client data followed
        expectMalformed();
        submitSigned(op, permission, key);
    }

    /// Bytes behind the field, which hold a key signature whose lengths wrap, are not read as its end.
    function test_signature_partsBehindTheField_areMalformed() public {
        bytes memory permission = PermissionBuilder.pack(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        bytes memory assertion_ = abi.encode(0, 0, 0, 0, 0xc0, 0xe0, 0, type(uint256).max - 351);
        op.signature = bytes.concat(bytes1(SESSION_RAW), permission, new bytes(64), assertion_);
        bytes memory callData = abi.encodeCall(account.validateUserOp, (op, bytes32(0), 0));
        uint256 lengthWord = callData.length - (op.signature.length + 31) / 32 * 32 - 32;
        uint256 announced = permission.length + 1 - 32;
        assembly ("memory-safe") {
            mstore(add(add(callData, 0x20), lengthWord), announced)
        }

        vm.prank(address(ENTRY_POINT));
        (, bytes memory reason) = address(account).call(callData);
        assertEq(reason, abi.encodePacked(ILatchkeyAccount.SignatureMalformed.selector), "too short");
    }

    function setWord(bytes memory data, uint256 word, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(add(data, add(0x20, mul(word, 0x20))), value)
        }
    }

    /// The field ends one byte before the permission does, and what follows reads as the zero that is missing. The key
    /// signature would be a byte less than nothing, which must not pass for the length of an assertion.
    function test_signature_endsInThePermission_isMalformed() public {
        Grant memory g = grantTo(WEBAUTHN);
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(target), 0x11223300));
        bytes memory permission = register(g);
        PackedUserOperation memory op = operation(executeData(address(target), 0, hex"11223300"));
        op.signature = abi.encodePacked(SESSION_RAW, permission);
        bytes memory signature = op.signature;
        assembly ("memory-safe") {
            mstore(signature, sub(mload(signature), 1))
        }

        expectMalformed();
        submit(op);
    }

    function test_webauthn_trailingBytes_areMalformed(uint8 length) public {
        vm.assume(length != 0);
        bytes memory permission = register(grantTo(WEBAUTHN));
        PackedUserOperation memory op = ping();
        bytes memory key = signP256(WEBAUTHN, P256_KEY, ENTRY_POINT.getUserOpHash(op));

        expectMalformed();
        submitSigned(op, permission, abi.encodePacked(key, new bytes(length)));
    }

    function useSigned(bytes memory permission, uint8 signerType, uint256 key) private {
        PackedUserOperation memory op = ping();
        submitSigned(op, permission, signP256(signerType, key, ENTRY_POINT.getUserOpHash(op)));
    }

    /// @dev Where the precompile is missing, verifying in Solidity takes some 200,000 gas.
    function ping() private view returns (PackedUserOperation memory op) {
        op = operation(pingData());
        op.accountGasLimits = bytes32(uint256(1_500_000) << 128 | CALL_GAS);
    }

    function submitSigned(PackedUserOperation memory op, bytes memory permission, bytes memory key) private {
        op.signature = abi.encodePacked(SESSION_RAW, permission, key);
        submit(op);
    }

    function expectMalformed() private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
    }
}

contract SessionKeysOnProxyTest is SessionKeysBehavior, ProxyHome {}

contract SessionKeysOnDelegatedTest is SessionKeysBehavior, DelegatedHome {}
