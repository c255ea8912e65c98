// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleFixture} from "../support/RuleFixture.sol";

/// @dev Case 23: the moment that an operation names is off by one, from the future, from the past, or too large.
abstract contract PeriodEdgesAttack is RuleFixture {
    uint32 private constant PERIOD = 1000;

    uint256 private start;

    function test_case23_eachPeriod_hasItsOwnBudget() public {
        bytes memory permission = periodic();
        pay(permission, 10, start);
        expectExceeded(10, 1);
        pay(permission, 1, start + PERIOD - 1);

        vm.warp(start + PERIOD - 1);
        expectExceeded(10, 1);
        pay(permission, 1, start);

        vm.warp(start + PERIOD);
        pay(permission, 10, start + PERIOD);
        expectExceeded(10, 1);
        pay(permission, 1, start + PERIOD);
        assertEq(target.received(), 20, "ten in each");
        assertEq(usedOf(permission, 0), 1 << 128 | 10, "in period 1");
    }

    function test_case23_firstSecond_acts() public {
        bytes memory permission = periodic();
        pay(permission, 1, start + PERIOD - 1);
        assertEq(target.received(), 1, "any moment of the period will do");
    }

    function test_case23_lastSecond_acts() public {
        bytes memory permission = periodic();
        vm.warp(start + PERIOD - 1);
        pay(permission, 1, start);
        assertEq(target.received(), 1, "still in it");
    }

    function test_case23_periodJustOver_isOutOfTime() public {
        bytes memory permission = periodic();
        vm.warp(start + PERIOD);

        expectOutOfTime();
        pay(permission, 1, start + PERIOD - 1);
    }

    function test_case23_periodFromTheFuture_isOutOfTime() public {
        bytes memory permission = periodic();
        vm.warp(start + PERIOD - 1);

        expectOutOfTime();
        pay(permission, 1, start + PERIOD);
        assertEq(usedOf(permission, 0), 0, "and charges nothing");
    }

    function test_case23_periodFromThePast_reverts() public {
        bytes memory permission = periodic();
        vm.warp(start + PERIOD);
        pay(permission, 1, start + PERIOD);

        expectMoment(start + PERIOD - 1);
        pay(permission, 1, start + PERIOD - 1);
    }

    function test_case23_beforePeriodZero_reverts() public {
        bytes memory permission = periodic();
        expectMoment(start - 1);
        pay(permission, 1, start - 1);
    }

    /// Zero would make a window without an end.
    function test_case23_momentZero_reverts() public {
        start = 0;
        bytes memory permission = register(ruled(valuePeriod(10, 0, PERIOD)));
        expectMoment(0);
        pay(permission, 1, 0);
    }

    function test_case23_momentLeftOut_reverts() public {
        bytes memory permission = periodic();
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(sessionOperation(permission, payData(1)));
    }

    function test_case23_momentNotAskedFor_reverts() public {
        bytes memory permission = register(defaultGrant());
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.SignatureMalformed.selector));
        submit(timedOperation(permission, pingData(), block.timestamp));
    }

    function test_case23_emptyPeriod_isMalformed() public {
        refuseToRegister(valuePeriod(10, 1, 0));
        refuseToRegister(rate(1, 0));
        refuseToRegister(rate(0, 1));
    }

    /// No sum of time overflows into an open window.
    function test_case23_endOfTime_isOutOfTime(uint48 late) public {
        late = uint48(bound(late, block.timestamp + 1 days + 1, type(uint48).max));
        Grant memory g = ruled(valuePeriod(10, type(uint48).max, type(uint32).max));
        bytes memory permission = register(g);
        expectOutOfTime();
        pay(permission, 1, type(uint48).max);

        permission = register(ruled(valuePeriod(10, 1, 1)));
        expectOutOfTime();
        pay(permission, 1, late);
    }

    /// The widest period does not outlive the permission, nor begin before it.
    function test_case23_permissionsOwnTime_narrowsThePeriod() public {
        start = block.timestamp;
        Grant memory g = ruled(valuePeriod(10, start - 100, type(uint32).max));
        g.validAfter = uint48(start + 10);
        g.validUntil = uint48(start + 20);
        bytes memory permission = register(g);

        vm.warp(start + 9);
        expectOutOfTime();
        pay(permission, 1, start);
        vm.warp(start + 10);
        pay(permission, 1, start);
        vm.warp(start + 20);
        pay(permission, 1, start);
        vm.warp(start + 21);
        expectOutOfTime();
        pay(permission, 1, start);
    }

    /// Two windows with nothing in common leave no time at all.
    function test_case23_twoPeriods_intersect() public {
        start = block.timestamp;
        bytes[] memory rules = ruleList(valuePeriod(10, start + 1 - PERIOD / 2, PERIOD), valuePeriod(10, start, PERIOD));
        bytes memory permission = register(ruled(rules));

        vm.warp(start + PERIOD / 2);
        pay(permission, 1, start + PERIOD / 2);
        vm.warp(start + PERIOD / 2 + 1);
        expectOutOfTime();
        pay(permission, 1, start + PERIOD / 2);
        pay(permission, 1, start + PERIOD / 2 + 1);
        vm.warp(start + PERIOD);
        expectOutOfTime();
        pay(permission, 1, start + PERIOD - 1);
        assertEq(target.received(), 2, "only where both hold");
    }

    // --- rates

    function test_case23_rate_edgesOfAnInterval() public {
        bytes memory permission = register(ruled(rate(1, PERIOD)));
        uint256 first = block.timestamp / PERIOD * PERIOD + PERIOD;
        vm.warp(first + PERIOD - 1);
        pay(permission, 0, first);
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 1, PERIOD));
        pay(permission, 0, first + PERIOD - 1);
        expectOutOfTime();
        pay(permission, 0, first + PERIOD);

        vm.warp(first + PERIOD);
        pay(permission, 0, first + PERIOD);
        expectMoment(first + PERIOD - 1);
        pay(permission, 0, first + PERIOD - 1);
        assertEq(target.pings(), 2, "one in each interval");
    }

    /// An index that has no room in the status word would read as another.
    function test_case23_rate_indexTooLarge_reverts() public {
        bytes memory permission = register(ruled(rate(1, 1)));
        expectMoment(1 << 40);
        pay(permission, 0, 1 << 40);
        expectOutOfTime();
        pay(permission, 0, (1 << 40) - 1);
        pay(permission, 0, block.timestamp);
        assertEq(target.pings(), 1, "now is fine");
    }

    // --- streams

    function test_case23_stream_edges() public {
        start = block.timestamp;
        bytes memory permission = register(ruled(valueStream(5, 2, 11, start)));
        expectMoment(start - 1);
        pay(permission, 1, start - 1);
        expectExceeded(5, 0, 6);
        pay(permission, 6, start);
        expectOutOfTime();
        pay(permission, 7, start + 1);

        vm.warp(start + 1);
        pay(permission, 7, start + 1);
        expectExceeded(5, 7, 1);
        pay(permission, 1, start);

        vm.warp(start + 1 hours);
        expectExceeded(11, 7, 5);
        pay(permission, 5, start + 1 hours);
        pay(permission, 4, start + 1 hours);
        assertEq(target.received(), 11, "its maximum");
    }

    // --- helpers

    function periodic() private returns (bytes memory) {
        start = block.timestamp;
        return register(ruled(valuePeriod(10, start, PERIOD)));
    }

    function pay(bytes memory permission, uint256 value, uint256 moment) private {
        submit(timedOperation(permission, payData(value), moment));
    }

    function expectMoment(uint256 moment) private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.MomentNotAllowed.selector, 0, moment));
    }

    function expectExceeded(uint256 spent, uint256 asked) private {
        expectExceeded(10, spent, asked);
    }

    function expectExceeded(uint256 limit, uint256 spent, uint256 asked) private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueLimitExceeded.selector, 0, limit, spent, asked));
    }

    function refuseToRegister(bytes memory rule) private {
        bytes memory permission = PermissionBuilder.pack(ruled(rule));
        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }
}

contract Case23PeriodEdgesOnProxyTest is PeriodEdgesAttack, ProxyHome {}

contract Case23PeriodEdgesOnDelegatedTest is PeriodEdgesAttack, DelegatedHome {}
