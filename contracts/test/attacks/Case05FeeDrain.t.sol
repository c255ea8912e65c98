// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant} from "../support/PermissionBuilder.sol";
import {PaymasterFixture} from "../support/PaymasterFixture.sol";

/// @dev Case 5: a session key empties the account by price instead of by calls, bundling for itself.
abstract contract FeeDrainAttack is PaymasterFixture {
    uint256 private constant BUDGET = 0.01 ether;

    function test_case05_hugePrice_reverts() public {
        PackedUserOperation memory op = operation(pingData());
        op.gasFees = bytes32(uint256(1000 gwei) << 128 | 1000 gwei);
        attack(op, (VERIFICATION_GAS + CALL_GAS + PRE_VERIFICATION_GAS) * 1000 gwei);
    }

    function test_case05_hugePreVerificationGas_reverts() public {
        PackedUserOperation memory op = operation(pingData());
        op.preVerificationGas = 10_000_000;
        attack(op, (VERIFICATION_GAS + CALL_GAS + 10_000_000) * MAX_FEE);
    }

    function test_case05_hugeVerificationGas_reverts() public {
        PackedUserOperation memory op = operation(pingData());
        op.accountGasLimits = bytes32(uint256(10_000_000) << 128 | CALL_GAS);
        attack(op, (10_000_000 + CALL_GAS + PRE_VERIFICATION_GAS) * MAX_FEE);
    }

    function test_case05_hugeCallGas_reverts() public {
        PackedUserOperation memory op = operation(pingData());
        op.accountGasLimits = bytes32(VERIFICATION_GAS << 128 | 10_000_000);
        attack(op, (VERIFICATION_GAS + 10_000_000 + PRE_VERIFICATION_GAS) * MAX_FEE);
    }

    function test_case05_largestNumbers_doNotWrapAround(uint120 price, uint120 gas) public {
        price = uint120(bound(price, 1 ether, type(uint120).max));
        gas = uint120(bound(gas, 1 ether, type(uint120).max));
        bytes memory permission = register(defaultGrant());
        PackedUserOperation memory op = operation(pingData());
        op.accountGasLimits = bytes32(uint256(gas) << 128 | gas);
        op.preVerificationGas = gas;
        op.gasFees = bytes32(uint256(price) << 128 | price);
        op = signAsSession(op, permission);
        uint256 asked = 3 * uint256(gas) * price;

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.FeeLimitExceeded.selector, 1 ether, 0, asked));
        vm.prank(address(ENTRY_POINT));
        account.validateUserOp(op, bytes32(0), 0);
    }

    /// The EntryPoint itself stops what could wrap around.
    function test_case05_beyond120Bits_isStoppedBefore() public {
        PackedUserOperation memory op = operation(pingData());
        op.preVerificationGas = uint256(1) << 120;
        op = signAsSession(op, register(defaultGrant()));

        expectFailedOp("AA94 gas values overflow");
        submit(op);
    }

    function test_case05_paymasterLegs_areCharged() public {
        Grant memory g = defaultGrant();
        g.paymasters = new address[](1);
        g.paymasters[0] = address(paymaster);
        bytes memory permission = register(g);

        submit(signAsSession(sponsor(operation(pingData())), permission));

        assertEq(feesOf(permission), WORST_CASE + (PAYMASTER_GAS + POST_OP_GAS) * MAX_FEE, "all five legs");
    }

    function test_case05_sudo_isBoundToo() public {
        Grant memory g = sudoGrant();
        g.feeLimit = 0;
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.FeeLimitMissing.selector));
        submit(sessionOperation(permission, pingData()));
    }

    /// Bundling for itself at the highest price it may name, the key still cannot take more than the budget.
    function test_case05_selfBundling_takesAtMostTheBudget() public {
        Grant memory g = defaultGrant();
        g.feeLimit = uint96(BUDGET);
        bytes memory permission = register(g);
        uint256 before = ENTRY_POINT.balanceOf(address(account)) + address(account).balance;
        beneficiary = payable(session);

        PackedUserOperation memory op = operation(pingData());
        uint256 price = BUDGET / (VERIFICATION_GAS + CALL_GAS + PRE_VERIFICATION_GAS);
        op.gasFees = bytes32(price << 128 | price);
        vm.txGasPrice(price);
        submit(signAsSession(op, permission));

        uint256 lost = before - ENTRY_POINT.balanceOf(address(account)) - address(account).balance;
        assertLe(lost, BUDGET, "never more than the budget");
        assertLe(BUDGET - price, feesOf(permission), "which is gone now");
    }

    function attack(PackedUserOperation memory op, uint256 asked) private {
        Grant memory g = defaultGrant();
        g.feeLimit = uint96(BUDGET);
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.FeeLimitExceeded.selector, BUDGET, 0, asked));
        submit(signAsSession(op, permission));
    }
}

contract Case05FeeDrainOnProxyTest is FeeDrainAttack, ProxyHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }
}

contract Case05FeeDrainOnDelegatedTest is FeeDrainAttack, DelegatedHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }
}
