// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Call, ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 1: a session reaches the account's own functions through some name of the account.
abstract contract SelfCallAttack is AccountFixture {
    function test_case01_ownAddressUnderSudo_reverts() public {
        attack(register(sudoGrant()), address(account));
    }

    function test_case01_ownAddressAsGrantedContract_reverts() public {
        Grant memory g = defaultGrant();
        g.functions = new bytes24[](0);
        g.contracts = PermissionBuilder.list(address(account));

        attack(register(g), address(account));
    }

    function test_case01_ownAddressAsGrantedFunction_reverts() public {
        Grant memory g = defaultGrant();
        g.functions = PermissionBuilder.list(
            PermissionBuilder.functionOf(address(account), ILatchkeyAccount.registerSession.selector)
        );

        attack(register(g), address(account));
    }

    function test_case01_executeInsideExecute_reverts() public {
        bytes memory permission = register(sudoGrant());
        bytes memory inner = executeData(address(account), 0, abi.encodeCall(account.revokeAllSessions, ()));

        expectForbidden(address(account));
        submit(sessionOperation(permission, executeData(address(account), 0, inner)));
    }

    function test_case01_batchInsideExecute_reverts() public {
        bytes memory permission = register(sudoGrant());
        Call[] memory calls = new Call[](1);
        calls[0] = Call(address(account), 0, abi.encodeCall(account.revokeAllSessions, ()));

        expectForbidden(address(account));
        submit(
            sessionOperation(
                permission, executeData(address(account), 0, abi.encodeCall(account.executeBatch, (calls)))
            )
        );
    }

    /// Target zero is the zero address here, not another name of the account.
    function test_case01_zeroTarget_changesNothing() public {
        bytes memory permission = register(sudoGrant());
        bytes memory callData = abi.encodeCall(account.revokeAllSessions, ());

        submit(sessionOperation(permission, executeData(address(0), 0, callData)));

        assertEq(account.epoch(), 0, "the account did not call itself");
    }

    /// The implementation is a contract like any other: it owns itself, so it obeys nobody.
    function test_case01_implementation_changesNothing() public {
        bytes memory permission = register(sudoGrant());
        bytes memory callData = abi.encodeCall(account.revokeAllSessions, ());

        submit(sessionOperation(permission, executeData(address(implementation), 0, callData)));

        assertEq(account.epoch(), 0, "the account is untouched");
        assertEq(implementation.epoch(), 0, "and so is the implementation");
    }

    function attack(bytes memory permission, address self) private {
        Grant memory wider = sudoGrant();
        wider.salt = bytes8(uint64(1));
        wider.limit = 0;
        bytes memory callData = abi.encodeCall(account.registerSession, (PermissionBuilder.pack(wider)));

        expectForbidden(self);
        submit(sessionOperation(permission, executeData(self, 0, callData)));
    }

    function expectForbidden(address to) private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TargetForbidden.selector, to));
    }
}

contract Case01SelfCallOnProxyTest is SelfCallAttack, ProxyHome {}

contract Case01SelfCallOnDelegatedTest is SelfCallAttack, DelegatedHome {}
