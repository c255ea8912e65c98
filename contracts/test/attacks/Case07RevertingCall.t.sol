// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {Target} from "../support/Target.sol";

/// @dev Case 7: a call that reverts gives its use or its fee back, so that a session acts without end.
abstract contract RevertingCallAttack is AccountFixture {
    function test_case07_revertedCall_staysCharged() public {
        Grant memory g = defaultGrant();
        g.limit = 2;
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(target), Target.fail.selector));
        bytes memory permission = register(g);
        bytes memory failing = executeData(address(target), 0, abi.encodeCall(Target.fail, (1)));

        submit(sessionOperation(permission, failing));
        assertEq(usesOf(permission), 1, "one use is gone");
        assertEq(feesOf(permission), WORST_CASE, "and one fee");

        submit(sessionOperation(permission, failing));
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.LimitExceeded.selector, 2, 2, 1));
        submit(sessionOperation(permission, failing));
    }
}

contract Case07RevertingCallOnProxyTest is RevertingCallAttack, ProxyHome {}

contract Case07RevertingCallOnDelegatedTest is RevertingCallAttack, DelegatedHome {}
