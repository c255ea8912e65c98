// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {KeyOwnerFixture} from "../support/KeyOwnerFixture.sol";
import {PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 17, for owners: a signature counts for another kind of key, or in a second form.
contract Case17OwnerConfusionTest is KeyOwnerFixture {
    /// What a passkey signs on some website, or a page by WebCrypto, must not count as the plain signature of a digest,
    /// nor the other way round.
    function test_case17_ownerOfAnotherKind_isRefused() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            for (uint8 signedAs = P256; signedAs <= WEBAUTHN; ++signedAs) {
                if (signedAs == kind) continue;
                ownBy(kind);
                PackedUserOperation memory op = ownedBy(signedAs, ping());

                // Both p256 kinds have one layout; any other is no signature at all.
                if (kind == WEBAUTHN || signedAs == WEBAUTHN) expectMalformed();
                else expectBadSignature();
                submit(op);
            }
        }
    }

    /// The assertion's own r and s, put where the plain kinds have them.
    function test_case17_assertionAsPlainSignature_reverts() public {
        ownBy(P256);
        PackedUserOperation memory op = ping();
        bytes memory assertion_ = signP256(WEBAUTHN, OWNER_KEY, ENTRY_POINT.getUserOpHash(op));
        bytes memory plain = new bytes(128);
        for (uint256 i = 0; i < 128; ++i) {
            plain[i] = assertion_[i];
        }
        op.signature = abi.encodePacked(OWNER_RAW, plain);

        expectBadSignature();
        submit(op);
    }

    function test_case17_secp256k1ForAKey_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ping();
            bytes32 hash = ENTRY_POINT.getUserOpHash(op);

            op.signature = sign(ownerKey, eip191(hash));
            expectMalformed();
            submit(op);
            op.signature = abi.encodePacked(OWNER_RAW, sign(ownerKey, hash));
            expectMalformed();
            submit(op);
        }
    }

    /// A zero address must not come out of 65 bytes as owner of anything, whatever its kind.
    function test_case17_keySignatureForAnEoa_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            expectMalformed();
            submit(ownedBy(kind, ping()));
        }
    }

    function test_case17_ownerUpperHalfS_reverts() public {
        for (uint8 kind = P256; kind <= P256_SHA256; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ping();
            bytes32 hash = ENTRY_POINT.getUserOpHash(op);
            (bytes32 r, bytes32 s) = lowS(OWNER_KEY, kind == P256 ? hash : sha256(abi.encode(hash)));
            op.signature = abi.encodePacked(OWNER_RAW, publicKeyOf(OWNER_KEY), r, ORDER - uint256(s));

            expectBadSignature();
            submit(op);
        }
    }

    function test_case17_passkeyUpperHalfS_reverts() public {
        ownBy(WEBAUTHN);
        PackedUserOperation memory op = ownedBy(WEBAUTHN, ping());
        bytes memory signature = op.signature;
        assembly ("memory-safe") {
            let place := add(signature, add(0x21, 0x60)) // behind mode, x, y, r
            mstore(place, sub(ORDER, mload(place)))
        }

        expectBadSignature();
        submit(op);
    }

    /// Keys on P-256 sign in one form only.
    function test_case17_personalForm_isMalformed() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            PackedUserOperation memory op = ping();
            bytes32 hash = eip191(ENTRY_POINT.getUserOpHash(op));
            op.signature = abi.encodePacked(OWNER_EIP191, signP256(kind, OWNER_KEY, hash));

            expectMalformed();
            submit(op);
        }
    }

    function test_case17_personalGrant_isMalformed() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            bytes memory grant = signP256(kind, OWNER_KEY, eip191(grantDigest(account, permission)));

            expectMalformed();
            submit(granted(FIRST_USE | GRANT_EIP191, permission, grant));
        }
    }

    /// The key's account, put up by a stranger with a kind by which the key does not sign.
    function test_case17_factory_otherKindIsAnotherAccount() public {
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);
        address passkeys = factory.getAddressWithKey(WEBAUTHN, x, y, 0);

        for (uint8 kind = P256; kind <= P256_SHA256; ++kind) {
            assertTrue(address(accountOf(kind, OWNER_KEY, 0)) != passkeys, "another account");
        }
        address asEoa = factory.createAccountWithNonce(addressOf(OWNER_KEY), 0, false);
        assertTrue(asEoa != passkeys, "the address alone is another owner");
        assertEq(passkeys.code.length, 0, "nobody took the passkey's place");
    }

    function test_case17_factory_otherNonceIsAnotherAccount(bytes32 nonce) public view {
        vm.assume(nonce != 0);
        (bytes32 x, bytes32 y) = pointOf(OWNER_KEY);

        address first = factory.getAddressWithKey(P256, x, y, 0);
        assertTrue(first != factory.getAddressWithKey(P256, x, y, nonce), "another account");
    }

    /// Where the owner of an EOA's account could be the address of a point: the address has no signatures.
    function test_case17_addressOfAKeyAsEoa_isNoKey() public {
        asEntryPoint(abi.encodeCall(ILatchkeyAccount.changeOwner, (addressOf(OWNER_KEY))));

        expectMalformed();
        submit(ownedBy(P256, ping()));
    }
}
