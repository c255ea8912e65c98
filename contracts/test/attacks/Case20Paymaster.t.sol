// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {PaymasterFixture} from "../support/PaymasterFixture.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

/// @dev Case 20: a session brings a paymaster that nobody approved, or escapes its fee budget by bringing one.
abstract contract PaymasterAttack is PaymasterFixture {
    function test_case20_paymasterNotGranted_reverts() public {
        attack(defaultGrant());
    }

    function test_case20_otherPaymasterGranted_reverts() public {
        Grant memory g = defaultGrant();
        g.paymasters = PermissionBuilder.list(stranger, session);
        attack(g);
    }

    function test_case20_sudo_reverts() public {
        attack(sudoGrant());
    }

    /// A granted contract is not a granted paymaster.
    function test_case20_paymasterAsContract_reverts() public {
        Grant memory g = defaultGrant();
        g.contracts = PermissionBuilder.list(address(paymaster));
        attack(g);
    }

    function test_case20_grantedPaymaster_paysWithoutABudget() public {
        Grant memory g = defaultGrant();
        g.feeLimit = 0;
        g.paymasters = PermissionBuilder.list(address(paymaster));
        bytes memory permission = register(g);
        uint256 before = ENTRY_POINT.balanceOf(address(account));

        submit(signAsSession(sponsor(operation(pingData())), permission));

        assertEq(target.pings(), 1, "it acted");
        assertEq(ENTRY_POINT.balanceOf(address(account)), before, "at no cost to the account");
        assertEq(feesOf(permission), 0, "nothing is charged where nothing is limited");
    }

    function test_case20_grantedPaymaster_doesNotSkipTheBudget() public {
        Grant memory g = defaultGrant();
        g.feeLimit = 1;
        g.paymasters = PermissionBuilder.list(address(paymaster));
        bytes memory permission = register(g);
        uint256 asked = WORST_CASE + (PAYMASTER_GAS + POST_OP_GAS) * MAX_FEE;

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.FeeLimitExceeded.selector, 1, 0, asked));
        submit(signAsSession(sponsor(operation(pingData())), permission));
    }

    /// A granted paymaster is no budget for operations without it.
    function test_case20_paymasterLeftOut_reverts() public {
        Grant memory g = defaultGrant();
        g.feeLimit = 0;
        g.paymasters = PermissionBuilder.list(address(paymaster));
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.FeeLimitMissing.selector));
        submit(sessionOperation(permission, pingData()));
    }

    function attack(Grant memory g) private {
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.PaymasterNotAllowed.selector, address(paymaster)));
        submit(signAsSession(sponsor(operation(pingData())), permission));
    }
}

contract Case20PaymasterOnProxyTest is PaymasterAttack, ProxyHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }
}

contract Case20PaymasterOnDelegatedTest is PaymasterAttack, DelegatedHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }
}
