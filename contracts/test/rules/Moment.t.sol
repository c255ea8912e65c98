// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant} from "../support/PermissionBuilder.sol";
import {RuleBuilder} from "../support/RuleBuilder.sol";
import {SessionRuleFixture} from "../support/SessionRuleFixture.sol";
import {Target} from "../support/Target.sol";

/// @dev The moment that the signature field names, and the windows that follow from it.
abstract contract MomentBehavior is SessionRuleFixture {
    /// The window is the period around the moment, both ends inclusive, and no wider than the permission.
    function test_moment_windowOfAPeriod(uint48 start, uint32 period, uint48 moment) public {
        start = uint48(bound(start, 0, 4e9));
        period = uint32(bound(period, 1, type(uint32).max));
        moment = uint48(bound(moment, start == 0 ? 1 : start, 5e9));
        Grant memory g = endless(RuleBuilder.list(RuleBuilder.valuePeriod(1, start, period)));
        bytes memory permission = register(g);
        uint256 from = start + (moment - start) / uint256(period) * period;

        (uint256 validAfter, uint256 validUntil) = windowOf(permission, moment);

        assertEq(validAfter, from == 0 ? 0 : from - 1, "the EntryPoint wants later than this");
        assertEq(validUntil, from + period - 1, "the last second of the period");
    }

    function test_moment_windowOfAStream(uint48 start, uint48 moment) public {
        start = uint48(bound(start, 0, 4e9));
        moment = uint48(bound(moment, start == 0 ? 1 : start, 5e9));
        bytes memory permission = register(endless(RuleBuilder.list(RuleBuilder.valueStream(1, 1, 0, start))));

        (uint256 validAfter, uint256 validUntil) = windowOf(permission, moment);

        assertEq(validAfter, moment - 1, "from the moment on");
        assertEq(validUntil, type(uint48).max, "without an end");
    }

    function test_moment_windowsIntersect() public {
        bytes[] memory rules = RuleBuilder.list(
            RuleBuilder.valuePeriod(1, 1000, 100), RuleBuilder.valueStream(1, 1, 0, 0), RuleBuilder.rate(1, 60)
        );
        Grant memory g = endless(rules);
        g.validAfter = 1010;
        g.validUntil = 1070;
        bytes memory permission = register(g);

        (uint256 validAfter, uint256 validUntil) = windowOf(permission, 1015);
        assertEq(validAfter, 1015 - 1, "the stream starts last");
        assertEq(validUntil, 1019, "the interval ends first");

        (validAfter, validUntil) = windowOf(permission, 1030);
        assertEq(validUntil, 1070, "the permission ends first");
    }

    /// Zero is no moment, not even to a stream that always ran.
    function test_moment_zeroOfAStream_reverts() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueStream(1, 1, 0, 0))));

        expectMomentRefused(0, 0);
        submit(timedOperation(permission, 0, pingData()));
    }

    function test_moment_beforeTheStart_reverts() public {
        bytes[] memory rules = RuleBuilder.list(
            RuleBuilder.valueTotal(1), RuleBuilder.valueStream(1, 1, 0, uint48(block.timestamp + 1))
        );
        bytes memory permission = register(grantWith(rules));

        expectMomentRefused(1, block.timestamp);
        useNow(permission, pingData());
    }

    /// A period that ends at 0 would read as a window without an end.
    function test_moment_zero_reverts() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.rate(1, 1))));

        expectMomentRefused(0, 0);
        submit(timedOperation(permission, 0, pingData()));
    }

    function test_moment_intervalPastFortyBits_reverts() public {
        bytes memory permission = register(endless(RuleBuilder.list(RuleBuilder.rate(1, 1))));
        windowOf(permission, uint48(1 << 40) - 1);

        PackedUserOperation memory op = timedOperation(permission, 1 << 40, pingData());
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.MomentNotAllowed.selector, 0, 1 << 40));
        vm.prank(address(ENTRY_POINT));
        account.validateUserOp(op, hash, 0);
    }

    function test_moment_earlierPeriodThanUsed_reverts() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.valuePeriod(1 ether, start, 60));
        bytes memory permission = register(grantWith(rules));
        vm.warp(start + 60);
        useNow(permission, pay(1));

        expectMomentRefused(0, start + 59);
        submit(timedOperation(permission, start + 59, pay(1)));
    }

    function test_moment_withoutTimedRule_isMalformed() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(1))));

        expectMalformed();
        useNow(permission, pingData());
    }

    function test_moment_missing_isMalformed() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.rate(1, 60))));

        expectMalformed();
        use(permission, pingData());
    }

    /// The moment is outside the hash, but a wrong one only makes the operation come out of time.
    function test_moment_ofAnotherPeriod_isOutOfTime() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.valuePeriod(1 ether, start, 60));
        bytes memory permission = register(grantWith(rules));

        expectOutOfTime();
        submit(timedOperation(permission, start + 60, pay(1)));

        vm.warp(start + 60);
        expectOutOfTime();
        submit(timedOperation(permission, start + 59, pay(1)));
    }

    function endless(bytes[] memory rules) private view returns (Grant memory g) {
        g = grantWith(rules);
        g.validUntil = type(uint48).max;
    }

    /// @dev What the account answers the EntryPoint.
    function windowOf(bytes memory permission, uint48 moment)
        private
        returns (uint256 validAfter, uint256 validUntil)
    {
        PackedUserOperation memory op = timedOperation(permission, moment, pingData());
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        vm.prank(address(ENTRY_POINT));
        uint256 validationData = account.validateUserOp(op, hash, 0);
        assertEq(uint160(validationData), 0, "the signature is good");
        return (validationData >> 208, uint48(validationData >> 160));
    }

    function expectMalformed() private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
    }
}

contract MomentOnProxyTest is MomentBehavior, ProxyHome {}

contract MomentOnDelegatedTest is MomentBehavior, DelegatedHome {}
