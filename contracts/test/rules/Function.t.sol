// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant} from "../support/PermissionBuilder.sol";
import {RuleBuilder} from "../support/RuleBuilder.sol";
import {SessionRuleFixture} from "../support/SessionRuleFixture.sol";
import {Target} from "../support/Target.sol";

/// @dev Rules that belong to one function: arguments, their total, the number of calls; and the rate of all calls.
abstract contract FunctionRulesBehavior is SessionRuleFixture {
    // --- argument

    /// Every comparison at any two numbers, against Solidity's own.
    function test_argument_comparisons(uint256 value, uint256 operand, uint8 operator, bool isNear) public {
        operator = uint8(bound(operator, 0, 5));
        if (isNear) {
            operand = bound(operand, 1, type(uint256).max - 1);
            value = operand - 1 + bound(value, 0, 2);
        }
        checkArgument(operator, abi.encode(operand), value, compare(operator, value, operand));
    }

    function test_argument_in(uint8 size, uint256 index, uint256 value) public {
        size = uint8(bound(size, 1, 7));
        bytes memory operands;
        bool isIn;
        for (uint256 i = 0; i < size; ++i) {
            operands = abi.encodePacked(operands, 1000 * (i + 1));
        }
        if (index % 2 == 0) value = 1000 * (1 + index % size);
        for (uint256 i = 0; i < size; ++i) {
            isIn = isIn || value == 1000 * (i + 1);
        }
        checkArgument(6, operands, value, isIn);
    }

    function test_argument_mask(uint256 mask, uint256 wanted, uint256 value, bool fits) public {
        wanted &= mask;
        if (fits) value = (value & ~mask) | wanted;
        checkArgument(7, abi.encode(mask, wanted), value, value & mask == wanted);
    }

    function test_argument_everyRuleMustHold() public {
        uint8 fn = functionIndex(Target.set.selector);
        bytes[] memory rules = RuleBuilder.list(
            RuleBuilder.argument(fn, 0, 5, abi.encode(10)), // at least
            RuleBuilder.argument(fn, 1, 0, abi.encode(stranger))
        );
        bytes memory permission = register(grantWith(rules));

        use(permission, setData(10, stranger));
        expectArgumentRefused(0, 9);
        use(permission, setData(9, stranger));
        expectArgumentRefused(1, uint160(bundler));
        use(permission, setData(10, bundler));
    }

    function test_argument_missingWord_reverts(uint8 length) public {
        length = uint8(bound(length, 4, 4 + 63));
        uint8 fn = functionIndex(Target.set.selector);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.argument(fn, 1, 5, abi.encode(0))); // any number
        bytes memory permission = register(grantWith(rules));
        bytes memory data = abi.encodePacked(Target.set.selector, new bytes(length - 4));

        expectArgumentRefused(0, 0);
        use(permission, executeData(address(target), 0, data));
    }

    function test_argument_otherFunction_isFree() public {
        uint8 fn = functionIndex(Target.set.selector);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.argument(fn, 0, 0, abi.encode(1)));
        bytes memory permission = register(grantWith(rules));

        use(permission, pingData());

        assertEq(target.pings(), 1, "the rule is about the other function");
    }

    // --- total of an argument

    function test_argumentTotal_toTheEdge_actsThenReverts() public {
        uint8 fn = functionIndex(Target.set.selector);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.argumentTotal(fn, 0, 100))));

        use(permission, setData(60, stranger));
        use(permission, setData(40, stranger));
        assertEq(usedOf(permission, 0), 100, "the sum");

        expectAmountExceeded(0, 100, 100, 1);
        use(permission, setData(1, stranger));
    }

    function test_argumentTotal_hugeArgument_reverts(uint256 value) public {
        value = bound(value, uint256(1) << 128, type(uint256).max);
        uint8 fn = functionIndex(Target.set.selector);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.argumentTotal(fn, 0, type(uint128).max));
        bytes memory permission = register(grantWith(rules));
        use(permission, setData(1, stranger));

        expectAmountExceeded(0, type(uint128).max, 1, value);
        use(permission, setData(value, stranger));
    }

    // --- count

    function test_count_toTheEdge_actsThenReverts() public {
        uint8 fn = functionIndex(Target.ping.selector);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.count(fn, 2))));
        use(permission, pingData());
        use(permission, pingData());
        use(permission, setData(1, stranger));
        assertEq(usedOf(permission, 0), 2, "calls of the one function");

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CountExceeded.selector, 0, 2, 2));
        use(permission, pingData());
    }

    function test_count_andLimit_bothHold() public {
        uint8 fn = functionIndex(Target.ping.selector);
        Grant memory g = grantWith(RuleBuilder.list(RuleBuilder.count(fn, 2)));
        g.limit = 2;
        bytes memory permission = register(g);
        use(permission, pingData());
        use(permission, setData(1, stranger));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.LimitExceeded.selector, 2, 2, 1));
        use(permission, pingData());
    }

    // --- rate

    function test_rate_eachIntervalAnew() public {
        vm.warp(block.timestamp / 60 * 60 + 30);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.rate(2, 60))));
        useNow(permission, pingData());
        useNow(permission, setData(1, stranger));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 2, 60));
        useNow(permission, pingData());

        vm.warp(block.timestamp + 30);
        useNow(permission, pingData());
        useNow(permission, pingData());
        assertEq(target.pings(), 3, "the next interval has its own");
    }

    function test_rate_onSudo() public {
        Grant memory g = sudoGrant();
        g.rules = RuleBuilder.list(RuleBuilder.rate(1, 60));
        bytes memory permission = register(g);
        useNow(permission, executeData(stranger, 1 ether, ""));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 1, 60));
        useNow(permission, executeData(stranger, 1 ether, ""));
    }

    function test_rate_sharesTheStatusWord() public {
        Grant memory g = grantWith(RuleBuilder.list(RuleBuilder.rate(3, 60)));
        g.limit = 10;
        bytes memory permission = register(g);
        useNow(permission, pingData());
        useNow(permission, pingData());

        uint256 word = wordOf(permission);
        assertEq(usesOf(permission), 2, "calls");
        assertEq(feesOf(permission), 2 * WORST_CASE, "fees");
        assertEq(uint40(word >> 152), block.timestamp / 60, "interval");
        assertEq(uint32(word >> 192), 2, "used in it");
        assertEq(word >> 224, 0, "nothing above");
    }

    function checkArgument(uint8 operator, bytes memory operands, uint256 value, bool isAllowed) private {
        uint8 fn = functionIndex(Target.set.selector);
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.argument(fn, 0, operator, operands))));

        if (!isAllowed) expectArgumentRefused(0, value);
        use(permission, setData(value, stranger));
        assertEq(target.number(), isAllowed ? value : 0, "acts exactly when allowed");
    }

    function compare(uint8 operator, uint256 value, uint256 operand) private pure returns (bool) {
        if (operator == 0) return value == operand;
        if (operator == 1) return value != operand;
        if (operator == 2) return value < operand;
        if (operator == 3) return value <= operand;
        if (operator == 4) return value > operand;
        return value >= operand;
    }

    function expectArgumentRefused(uint8 rule, uint256 value) private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ArgumentNotAllowed.selector, rule, value));
    }
}

contract FunctionRulesOnProxyTest is FunctionRulesBehavior, ProxyHome {}

contract FunctionRulesOnDelegatedTest is FunctionRulesBehavior, DelegatedHome {}
