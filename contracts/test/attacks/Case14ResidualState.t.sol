// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 14: registering again, or revoking and registering, brings back what was used up.
abstract contract ResidualStateAttack is AccountFixture {
    function test_case14_registerAgain_doesNotResetCounters() public {
        bytes memory permission = register(defaultGrant());
        submit(sessionOperation(permission, pingData()));
        bytes32 id = account.sessionId(permission);

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, id));
        vm.prank(owner);
        account.registerSession(permission);

        assertEq(usesOf(permission), 1, "still used once");
    }

    function test_case14_registerAfterRevoke_reverts() public {
        bytes memory permission = register(defaultGrant());
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, id));
        vm.prank(owner);
        account.registerSession(permission);
    }

    /// A grant that was signed but never used stays closed once it was revoked.
    function test_case14_registerAfterRevokeOfUnused_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, id));
        vm.prank(owner);
        account.registerSession(permission);
    }

    /// Nothing is added up: a second grant to the same key leaves the first as it is.
    function test_case14_secondGrant_doesNotWidenTheFirst() public {
        Grant memory g = defaultGrant();
        g.limit = 1;
        bytes memory first = register(g);
        submit(sessionOperation(first, pingData()));
        register(sudoGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.LimitExceeded.selector, 1, 1, 1));
        submit(sessionOperation(first, pingData()));
    }
}

contract Case14ResidualStateOnProxyTest is ResidualStateAttack, ProxyHome {}

contract Case14ResidualStateOnDelegatedTest is ResidualStateAttack, DelegatedHome {}
