// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 15: one permission passes for another, or one entry hides another.
abstract contract IdCollisionAttack is AccountFixture {
    /// Whichever byte is changed, the permission is another one, which nobody registered.
    function test_case15_anyChangedByte_isAnotherSession(uint256 index, uint8 change) public {
        vm.assume(change != 0);
        bytes memory permission = register(defaultGrant());
        index = bound(index, 0, permission.length - 1);
        bytes memory forged = bytes.concat(permission);
        forged[index] ^= bytes1(change);
        bytes32 id = account.sessionId(forged);
        PackedUserOperation memory op = sessionOperation(forged, pingData());

        expectRefusal(
            saysHowLongItIs(index, change)
                ? abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector)
                : abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 0)
        );
        submit(op);
    }

    /// @dev Whether the change moves the end of the permission or asks for another kind of signature.
    function saysHowLongItIs(uint256 index, uint8 change) private pure returns (bool) {
        bool announcesRules = index == 28 && change & 2 != 0;
        return index == 1 || announcesRules || (index > 28 && index < 32);
    }

    function test_case15_otherAccountOfTheSameOwner_isAnotherSession() public {
        bytes memory permission = register(defaultGrant());
        LatchkeyAccount first = account;
        account = isDelegated()
            ? createAccount(keyOf("other"))
            : LatchkeyAccount(payable(factory.createAccountWithNonce(owner, bytes32(uint256(1)), false)));
        ENTRY_POINT.depositTo{value: 1 ether}(address(account));

        assertTrue(account.sessionId(permission) != first.sessionId(permission), "another id");
        expectRefusal(
            abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, account.sessionId(permission), 0)
        );
        submit(sessionOperation(permission, pingData()));
    }

    function test_case15_otherChain_isAnotherSession() public {
        bytes memory permission = register(defaultGrant());
        vm.chainId(80002);

        bytes32 id = account.sessionId(permission);
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SessionNotActive.selector, id, 0));
        submit(sessionOperation(permission, pingData()));
    }

    function test_case15_duplicateEntries_areMalformed() public {
        Grant memory g = defaultGrant();
        g.functions = PermissionBuilder.list(g.functions[0], g.functions[0]);
        refuse(g);

        g = defaultGrant();
        g.contracts = PermissionBuilder.list(address(target));
        refuse(g);

        g = defaultGrant();
        g.paymasters = PermissionBuilder.list(stranger, stranger);
        refuse(g);
    }

    function refuse(Grant memory g) private {
        bytes memory permission = PermissionBuilder.pack(g);
        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }
}

contract Case15IdCollisionOnProxyTest is IdCollisionAttack, ProxyHome {}

contract Case15IdCollisionOnDelegatedTest is IdCollisionAttack, DelegatedHome {}
