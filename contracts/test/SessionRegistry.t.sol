// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";

/// @dev How sessions are opened and closed.
abstract contract SessionRegistryBehavior is AccountFixture {
    function test_registerSession_byOwnerOperation_opens() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        bytes32 id = account.sessionId(permission);

        vm.expectEmit(address(account));
        emit ILatchkeyAccount.SessionRegistered(id, session, permission);
        submit(ownerOperation(abi.encodeCall(account.registerSession, (permission))));

        assertEq(account.sessionStatus(id), STATUS_ACTIVE, "active, nothing used");
    }

    function test_registerSession_byOwnerDirectly_opens() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        vm.prank(owner);
        bytes32 id = account.registerSession(permission);

        assertEq(id, account.sessionId(permission), "the id is returned");
        assertEq(account.sessionStatus(id), STATUS_ACTIVE, "active");
    }

    function test_registerSession_byStranger_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.registerSession(permission);
    }

    function test_registerSession_bySessionKey_reverts() public {
        register(sudoGrant());
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, session));
        vm.prank(session);
        account.registerSession(permission);
    }

    function test_registerSession_twice_reverts() public {
        bytes memory permission = register(defaultGrant());

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.SessionExists.selector, account.sessionId(permission)));
        vm.prank(address(ENTRY_POINT));
        account.registerSession(permission);
    }

    function test_registerSession_malformed_reverts() public {
        bytes memory permission = bytes.concat(PermissionBuilder.pack(defaultGrant()), hex"00");

        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }

    function test_revokeSession_active_closesAndKeepsCounters() public {
        bytes memory permission = register(defaultGrant());
        submit(sessionOperation(permission, pingData()));
        bytes32 id = account.sessionId(permission);

        vm.expectEmit(address(account));
        emit ILatchkeyAccount.SessionRevoked(id);
        submit(ownerOperation(abi.encodeCall(account.revokeSession, (id))));

        assertEq(statusOf(permission), STATUS_CLOSED, "closed");
        assertEq(usesOf(permission), 1, "uses are still told");
        assertEq(feesOf(permission), WORST_CASE, "fees are still told");
    }

    function test_revokeSession_neverRegistered_closes(bytes32 id) public {
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        assertEq(account.sessionStatus(id), STATUS_CLOSED, "closed before it was ever opened");
    }

    function test_revokeSession_closed_doesNothing() public {
        bytes memory permission = register(defaultGrant());
        bytes32 id = account.sessionId(permission);
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        vm.recordLogs();
        asEntryPoint(abi.encodeCall(account.revokeSession, (id)));

        assertEq(vm.getRecordedLogs().length, 0, "no second event");
    }

    function test_revokeSession_byStranger_reverts() public {
        bytes32 id = account.sessionId(register(defaultGrant()));

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.revokeSession(id);
    }

    function test_revokeAllSessions_entersNextEpoch() public {
        bytes memory permission = register(defaultGrant());
        bytes32 before = account.sessionId(permission);

        vm.expectEmit(address(account));
        emit ILatchkeyAccount.AllSessionsRevoked(1);
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        assertEq(account.epoch(), 1, "the next epoch");
        assertEq(account.owner(), owner, "the owner stays");
        assertTrue(account.sessionId(permission) != before, "the same terms are another session now");
    }

    function test_revokeAllSessions_thenRegister_opensAfresh() public {
        bytes memory permission = register(defaultGrant());
        submit(sessionOperation(permission, pingData()));
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        register(defaultGrant());
        submit(sessionOperation(permission, pingData()));

        assertEq(usesOf(permission), 1, "a new session starts at zero");
    }

    function test_revokeAllSessions_byStranger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.revokeAllSessions();
    }

    function test_sessionId_isTheStructHash(bytes memory permission, uint64 chainId) public {
        vm.assume(chainId != 0);
        vm.chainId(chainId);
        bytes32 typehash = keccak256("Session(uint256 chainId,address account,uint64 epoch,bytes permission)");

        bytes32 expected =
            keccak256(abi.encode(typehash, uint256(chainId), address(account), uint64(0), keccak256(permission)));

        assertEq(account.sessionId(permission), expected, "EIP-712 struct hash");
    }
}

contract SessionRegistryOnProxyTest is SessionRegistryBehavior, ProxyHome {}

contract SessionRegistryOnDelegatedTest is SessionRegistryBehavior, DelegatedHome {}
