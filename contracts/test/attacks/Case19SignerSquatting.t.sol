// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 19: somebody else registers a session key, or closes its session, in an account of their own or in this one,
/// so that the owner no longer can use it.
abstract contract SignerSquattingAttack is AccountFixture {
    function test_case19_keyTakenElsewhere_worksHere() public {
        LatchkeyAccount mine = account;
        bytes memory permission = register(defaultGrant());

        account = createAccount(keyOf("squatter"));
        register(defaultGrant());
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));
        asEntryPoint(abi.encodeCall(account.revokeSession, (mine.sessionId(permission))));

        account = mine;
        submit(sessionOperation(permission, pingData()));
        assertEq(target.pings(), 1, "nothing is shared between accounts");
    }

    /// Registered by a stranger, the session would exist when the owner's registration arrives.
    function test_case19_strangerRegistersHere_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.registerSession(permission);

        submit(sessionOperation(register(defaultGrant()), pingData()));
        assertEq(target.pings(), 1, "the owner came first");
    }

    /// Anybody can compute the id of a session to come; once closed, it would never be active.
    function test_case19_strangerClosesHere_reverts() public {
        bytes32 id = account.sessionId(PermissionBuilder.pack(defaultGrant()));
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.revokeSession(id);

        submit(sessionOperation(register(defaultGrant()), pingData()));
        assertEq(target.pings(), 1, "it was not closed");
    }
}

contract Case19SignerSquattingOnProxyTest is SignerSquattingAttack, ProxyHome {}

contract Case19SignerSquattingOnDelegatedTest is SignerSquattingAttack, DelegatedHome {}
