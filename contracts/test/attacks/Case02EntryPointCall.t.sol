// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntryPointStake} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";

interface IIncrementNonce {
    function incrementNonce(uint192 key) external;
}

/// @dev Case 2: a session uses the account's standing at the EntryPoint, under every rule that could let it.
abstract contract EntryPointCallAttack is AccountFixture {
    function test_case02_underSudo_reverts() public {
        attack(register(sudoGrant()));
    }

    function test_case02_asGrantedContract_reverts() public {
        Grant memory g = defaultGrant();
        g.functions = new bytes24[](0);
        g.contracts = PermissionBuilder.list(address(ENTRY_POINT));

        attack(register(g));
    }

    function test_case02_asGrantedFunctions_reverts() public {
        Grant memory g = defaultGrant();
        g.functions = PermissionBuilder.list(
            PermissionBuilder.functionOf(address(ENTRY_POINT), IEntryPointStake.withdrawTo.selector),
            PermissionBuilder.functionOf(address(ENTRY_POINT), IIncrementNonce.incrementNonce.selector)
        );

        attack(register(g));
    }

    function test_case02_plainValueToEntryPoint_reverts() public {
        bytes memory permission = register(sudoGrant());

        expectForbidden();
        submit(sessionOperation(permission, executeData(address(ENTRY_POINT), 1 ether, "")));
    }

    function attack(bytes memory permission) private {
        uint256 deposit = ENTRY_POINT.balanceOf(address(account));
        bytes memory withdraw = abi.encodeCall(IEntryPointStake.withdrawTo, (payable(session), deposit));
        bytes memory increment = abi.encodeCall(IIncrementNonce.incrementNonce, (0));

        expectForbidden();
        submit(sessionOperation(permission, executeData(address(ENTRY_POINT), 0, withdraw)));
        expectForbidden();
        submit(sessionOperation(permission, executeData(address(ENTRY_POINT), 0, increment)));

        assertEq(ENTRY_POINT.balanceOf(address(account)), deposit, "the deposit is whole");
    }

    function expectForbidden() private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TargetForbidden.selector, address(ENTRY_POINT)));
    }
}

contract Case02EntryPointCallOnProxyTest is EntryPointCallAttack, ProxyHome {}

contract Case02EntryPointCallOnDelegatedTest is EntryPointCallAttack, DelegatedHome {}
