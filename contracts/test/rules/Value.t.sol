// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleBuilder} from "../support/RuleBuilder.sol";
import {SessionRuleFixture} from "../support/SessionRuleFixture.sol";
import {Target} from "../support/Target.sol";

/// @dev Native value: per call, total, per period, streamed.
abstract contract ValueRulesBehavior is SessionRuleFixture {
    // --- per call

    function test_valuePerCall_toTheEdge_acts() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valuePerCall(1 ether))));

        use(permission, pay(1 ether));
        use(permission, pay(1 ether));

        assertEq(target.received(), 2 ether, "each call may send as much");
        assertEq(usedOf(permission, 0), 0, "nothing is remembered");
    }

    function test_valuePerCall_oneWeiMore_reverts() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valuePerCall(1 ether))));

        expectValueExceeded(0, 1 ether, 0, 1 ether + 1);
        use(permission, pay(1 ether + 1));
    }

    // --- total

    function test_valueTotal_toTheEdge_actsThenReverts() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(1 ether))));

        use(permission, pay(0.4 ether));
        use(permission, pay(0.6 ether));
        assertEq(usedOf(permission, 0), 1 ether, "all is spent");

        expectValueExceeded(0, 1 ether, 1 ether, 1);
        use(permission, pay(1));
    }

    function test_valueTotal_withoutValue_staysOpenWhenSpent() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(1 ether))));
        use(permission, pay(1 ether));

        use(permission, pay(0));

        assertEq(target.pings(), 2, "a call without value is not about value");
    }

    function test_valueTotal_anySplit_neverPast(uint96[6] memory values) public {
        uint128 max = 1 ether;
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(max))));
        uint256 spent;
        for (uint256 i = 0; i < values.length; ++i) {
            uint256 value = bound(values[i], 1, max / 2);
            bool fits = spent + value <= max;
            if (!fits) expectValueExceeded(0, max, spent, value);
            use(permission, pay(value));
            if (fits) spent += value;
            assertEq(target.received(), spent, "what was sent is what was charged");
            assertEq(usedOf(permission, 0), spent, "and remembered");
        }
    }

    function test_valueTotal_hugeValue_reverts(uint256 value) public {
        value = bound(value, uint256(1) << 128, type(uint256).max);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(type(uint128).max))));
        use(permission, pay(1));

        expectValueExceeded(0, type(uint128).max, 1, value);
        use(permission, pay(value));
    }

    // --- period

    function test_valuePeriod_eachPeriodAnew() public {
        uint48 start = uint48(block.timestamp - 10);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valuePeriod(1 ether, start, 60))));

        useNow(permission, pay(1 ether));
        expectValueExceeded(0, 1 ether, 1 ether, 1);
        useNow(permission, pay(1));

        vm.warp(start + 59);
        expectValueExceeded(0, 1 ether, 1 ether, 1);
        useNow(permission, pay(1));

        vm.warp(start + 60);
        useNow(permission, pay(1 ether));
        assertEq(usedOf(permission, 0), uint256(1) << 128 | 1 ether, "period 1, all spent");
    }

    // --- stream

    function test_valueStream_releasesBySecond() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.valueStream(0.1 ether, 0.01 ether, 0.5 ether, start));
        bytes memory permission = register(grantWith(rules));

        useNow(permission, pay(0.1 ether));
        expectValueExceeded(0, 0.1 ether, 0.1 ether, 1);
        useNow(permission, pay(1));

        vm.warp(start + 10);
        useNow(permission, pay(0.1 ether));
        expectValueExceeded(0, 0.2 ether, 0.2 ether, 1);
        useNow(permission, pay(1));

        vm.warp(start + 1000);
        useNow(permission, pay(0.3 ether));
        expectValueExceeded(0, 0.5 ether, 0.5 ether, 1);
        useNow(permission, pay(1));
    }

    function test_valueStream_withoutMaximum_goesOn() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.valueStream(0, 1, 0, start));
        bytes memory permission = register(grantWith(rules));

        vm.warp(start + 1 hours);
        useNow(permission, pay(1 hours));

        expectValueExceeded(0, 1 hours, 1 hours, 1);
        useNow(permission, pay(1));
    }

    function test_valueStream_largestNumbers_doNotOverflow() public {
        bytes[] memory rules =
            RuleBuilder.list(RuleBuilder.valueStream(type(uint128).max, type(uint128).max, 0, 0));
        bytes memory permission = register(grantWith(rules));

        useNow(permission, pay(1 ether));

        assertEq(target.received(), 1 ether, "practically no limit");
    }

    // --- together

    function test_value_everyRuleMustAllow() public {
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.valuePerCall(0.6 ether), RuleBuilder.valueTotal(1 ether));
        bytes memory permission = register(grantWith(rules));

        expectValueExceeded(0, 0.6 ether, 0, 0.7 ether);
        use(permission, pay(0.7 ether));

        use(permission, pay(0.6 ether));
        expectValueExceeded(1, 1 ether, 0.6 ether, 0.5 ether);
        use(permission, pay(0.5 ether));
    }

    function test_value_withoutValueRule_reverts() public {
        uint8 fn = functionIndex(Target.ping.selector);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.count(fn, 5))));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueNotAllowed.selector, 1));
        use(permission, pay(1));
    }

    function test_value_ruleGrantsNoCall() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(1 ether))));

        expectNotListed(stranger, 0);
        use(permission, executeData(stranger, 1, ""));
    }

    function test_value_plainCallToAContract_counts() public {
        Grant memory g = bareGrant(RuleBuilder.list(RuleBuilder.valueTotal(1 ether)));
        g.contracts = PermissionBuilder.list(stranger);
        bytes memory permission = register(g);

        use(permission, executeData(stranger, 1 ether, ""));
        assertEq(stranger.balance, 1 ether, "sent");

        expectValueExceeded(0, 1 ether, 1 ether, 1);
        use(permission, executeData(stranger, 1, ""));
    }
}

contract ValueRulesOnProxyTest is ValueRulesBehavior, ProxyHome {}

contract ValueRulesOnDelegatedTest is ValueRulesBehavior, DelegatedHome {}
