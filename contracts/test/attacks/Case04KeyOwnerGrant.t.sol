// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {KeyOwnerFixture} from "../support/KeyOwnerFixture.sol";
import {PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 4, for owners on P-256: a grant is used after its owner is gone, elsewhere, or for something else.
contract Case04KeyOwnerGrantTest is KeyOwnerFixture {
    function test_case04_afterTheKeyIsReplaced_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            bytes memory grant = keyGrant(kind, permission);
            asEntryPoint(changeToKey(kind, OWNER_KEY + 1));

            expectBadSignature();
            submit(granted(FIRST_USE, permission, grant));
        }
    }

    /// The epoch has moved on, so the owner who returns must grant anew.
    function test_case04_afterTheKeyReturns_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            bytes memory grant = keyGrant(kind, permission);
            asEntryPoint(changeToKey(kind, OWNER_KEY + 1));
            asEntryPoint(changeToKey(kind, OWNER_KEY));

            expectBadSignature();
            submit(granted(FIRST_USE, permission, grant));
        }
    }

    /// The same key by another kind is another owner.
    function test_case04_afterTheKindChanges_reverts() public {
        ownBy(P256);
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = keyGrant(P256, permission);
        asEntryPoint(changeToKey(P256_SHA256, OWNER_KEY));

        expectBadSignature();
        submit(granted(FIRST_USE, permission, grant));
    }

    function test_case04_afterAnEoaTookOver_reverts() public {
        ownBy(WEBAUTHN);
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes memory grant = keyGrant(WEBAUTHN, permission);
        asEntryPoint(abi.encodeCall(account.changeOwner, (owner)));

        expectMalformed();
        submit(granted(FIRST_USE, permission, grant));
    }

    function test_case04_onAnotherAccountOfTheKey_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());
            bytes memory grant = keyGrant(kind, permission);
            account = accountOf(kind, OWNER_KEY, bytes32(uint256(1)));
            ENTRY_POINT.depositTo{value: 1 ether}(address(account));

            expectBadSignature();
            submit(granted(FIRST_USE, permission, grant));
        }
    }

    /// A grant is no operation, and an operation no grant.
    function test_case04_grantBySomeoneElse_reverts() public {
        for (uint8 kind = P256; kind <= WEBAUTHN; ++kind) {
            ownBy(kind);
            bytes memory permission = PermissionBuilder.pack(defaultGrant());

            expectBadSignature();
            submit(granted(FIRST_USE, permission, signP256(kind, P256_KEY, grantDigest(account, permission))));
            assertEq(statusOf(permission), 0, "nothing remains");
        }
    }
}
