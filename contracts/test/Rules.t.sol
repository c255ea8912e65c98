// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevToken} from "../src/dev/DevToken.sol";
import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Grant, PermissionBuilder} from "./support/PermissionBuilder.sol";
import {RuleFixture} from "./support/RuleFixture.sol";

/// @dev Each kind of rule, on both sides of its edge. What goes past several rules at once, and the edges of time, are
/// among the attacks.
abstract contract RulesBehavior is RuleFixture {
    bytes4 private constant ASK = 0x12345678;

    function test_valuePerCall_edge() public {
        bytes memory permission = register(ruled(valuePerCall(10)));
        pay(permission, 10);
        pay(permission, 9);
        pay(permission, 0);
        expectRefusal(valueExceeded(10, 0, 11));
        pay(permission, 11);
        assertEq(usedOf(permission, 0), 0, "nothing to remember");
    }

    function test_valueTotal_edge() public {
        bytes memory permission = register(ruled(valueTotal(10)));
        pay(permission, 9);
        expectRefusal(valueExceeded(10, 9, 2));
        pay(permission, 2);
        pay(permission, 1);
        expectRefusal(valueExceeded(10, 10, 1));
        pay(permission, 1);
        pay(permission, 0);
        assertEq(usedOf(permission, 0), 10, "all of it");
    }

    function test_erc20Period_edge() public {
        DevToken token = newToken();
        uint256 start = block.timestamp;
        bytes memory permission = register(tokenGrant(erc20Period(address(token), 10, start, 60)));
        move(permission, token, 10, start);
        expectRefusal(amountExceeded(10, 10, 1));
        move(permission, token, 1, start + 59);

        vm.warp(start + 60);
        move(permission, token, 10, start + 60);
        assertEq(token.balanceOf(stranger), 20, "ten in each period");
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.MomentNotAllowed.selector, 0, start + 59));
        move(permission, token, 0, start + 59);
    }

    function test_erc20Stream_edge() public {
        DevToken token = newToken();
        uint256 start = block.timestamp;
        bytes memory permission = register(tokenGrant(erc20Stream(address(token), 5, 2, 0, start)));
        expectRefusal(amountExceeded(5, 0, 6));
        move(permission, token, 6, start);
        move(permission, token, 5, start);

        vm.warp(start + 100);
        expectRefusal(amountExceeded(205, 5, 201));
        move(permission, token, 201, start + 100);
        move(permission, token, 200, start + 100);
        assertEq(token.balanceOf(stranger), 205, "all that was released");
    }

    function test_count_edge() public {
        bytes memory permission = register(ruled(count(2)));
        pay(permission, 0);
        pay(permission, 0);
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CountExceeded.selector, 0, 2, 2));
        pay(permission, 0);
        assertEq(usedOf(permission, 0), 2, "both");
    }

    /// Under sudo too, and beside the other counters of the status word.
    function test_rate_edge() public {
        Grant memory g = sudoGrant();
        g.rules = ruleList(rate(2, 100));
        bytes memory permission = register(g);
        uint256 start = block.timestamp / 100 * 100 + 100;
        vm.warp(start);
        submit(timedOperation(permission, pingData(), start));
        submit(timedOperation(permission, pingData(), start + 99));
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 2, 100));
        submit(timedOperation(permission, pingData(), start));

        vm.warp(start + 100);
        submit(timedOperation(permission, pingData(), start + 100));
        assertEq(usesOf(permission), 3, "the limit counts on");
        assertEq(feesOf(permission), 3 * WORST_CASE, "and so do fees");
        assertEq(wordOf(permission) >> 152 & type(uint40).max, start / 100 + 1, "the interval");
        assertEq(wordOf(permission) >> 192, 1, "one in it");
    }

    function test_argumentTotal_edge() public {
        bytes memory permission = register(asking(argumentTotal(1, 10)));
        ask(permission, abi.encode(99, 4));
        expectRefusal(amountExceeded(10, 4, 7));
        ask(permission, abi.encode(99, 7));
        ask(permission, abi.encode(99, 6));
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ArgumentNotAllowed.selector, 0, 0));
        ask(permission, abi.encodePacked(uint256(99), uint248(0)));
        assertEq(usedOf(permission, 0), 10, "all of it");
    }

    function test_argument_comparisons() public {
        bool[3][6] memory allowed = [
            [false, true, false], // equal
            [true, false, true],
            [true, false, false], // less
            [true, true, false],
            [false, false, true], // greater
            [false, true, true]
        ];
        for (uint8 operator = 0; operator < 6; ++operator) {
            bytes memory permission = register(asking(argument(0, operator, abi.encode(10))));
            for (uint256 i = 0; i < 3; ++i) {
                check(permission, 9 + i, allowed[operator][i]);
            }
        }
    }

    /// Words are unsigned: what would be -1 is the largest.
    function test_argument_isUnsigned() public {
        bytes memory permission = register(asking(argument(0, 2, abi.encode(10))));
        check(permission, type(uint256).max, false);
        check(permission, 0, true);
    }

    function test_argument_oneOf() public {
        bytes memory permission = register(asking(argument(0, 6, abi.encode(3, 5, 9))));
        check(permission, 3, true);
        check(permission, 5, true);
        check(permission, 9, true);
        check(permission, 4, false);
        check(permission, 0, false);
    }

    function test_argument_mask() public {
        bytes memory permission = register(asking(argument(0, 7, abi.encode(0xf0, 0x50))));
        check(permission, 0x5a, true);
        check(permission, 0xf5f, true);
        check(permission, 0x4a, false);
        check(permission, 0xd0, false);
    }

    function test_argument_missing_reverts() public {
        bytes memory permission = register(asking(argument(0, 1, abi.encode(10))));
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ArgumentNotAllowed.selector, 0, 0));
        ask(permission, new bytes(31));
    }

    /// A rule is about its function, not about the others.
    function test_argument_otherFunction_isFree() public {
        Grant memory g = ruled(argument(0, 0, abi.encode(1)));
        bytes24 ping = g.functions[0];
        g.functions = PermissionBuilder.list(ping, PermissionBuilder.functionOf(address(target), 0x00000001));
        bytes memory permission = register(g);
        pay(permission, 0);
        assertEq(target.pings(), 1, "it has no such argument");
    }

    function test_rules_outOfOrder_areMalformed() public {
        refuse(ruled(ruleList(valueTotal(1), valuePerCall(1))));
        refuse(ruled(ruleList(valueTotal(2), valueTotal(1))));
        refuse(ruled(ruleList(valueTotal(1), valueTotal(1))));
        refuse(ruled(ruleList(rate(1, 1), rate(2, 1))));
        refuse(asking(argument(0, 6, abi.encode(5, 5))));
        refuse(asking(argument(0, 6, abi.encode(5, 4))));
        refuse(asking(argument(0, 8, abi.encode(5))));
        refuse(asking(argument(0, 0, abi.encode(5, 6))));
        refuse(asking(argument(0, 7, abi.encode(0xf0, 0x0f))));
    }

    function test_argument_otherSize_isMalformed() public {
        refuse(asking(record(0x31, hex"0000")));
        refuse(asking(argument(0, 6, ""))); // one of none
        refuse(asking(argument(0, 0, abi.encodePacked(uint256(5), hex"00"))));
        refuse(asking(argument(0, 8, abi.encode(0xff, 0x0f)))); // no operator, but operands like the mask's
    }

    function test_sudo_otherRuleThanRate_isMalformed() public {
        Grant memory g = sudoGrant();
        g.rules = ruleList(valueTotal(1));
        refuse(g);
    }

    /// A list beside sudo would say less than it seems to.
    function test_sudo_withAList_isMalformed() public {
        Grant memory g = sudoGrant();
        g.contracts = PermissionBuilder.list(address(target));
        refuse(g);
        g.rules = ruleList(rate(1, 60));
        refuse(g);
    }

    // --- helpers

    function asking(bytes memory rule) private view returns (Grant memory g) {
        g = ruled(rule);
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(target), ASK));
    }

    function ask(bytes memory permission, bytes memory arguments) private {
        submit(sessionOperation(permission, executeData(address(target), 0, abi.encodePacked(ASK, arguments))));
    }

    function check(bytes memory permission, uint256 value, bool isAllowed) private {
        if (!isAllowed) {
            expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ArgumentNotAllowed.selector, 0, value));
        }
        ask(permission, abi.encode(value));
    }

    function pay(bytes memory permission, uint256 value) private {
        submit(sessionOperation(permission, payData(value)));
    }

    function move(bytes memory permission, DevToken token, uint256 amount, uint256 moment) private {
        submit(timedOperation(permission, transferData(address(token), amount), moment));
    }

    function refuse(Grant memory g) private {
        bytes memory permission = PermissionBuilder.pack(g);
        vm.expectRevert(ILatchkeyAccount.PermissionMalformed.selector);
        vm.prank(owner);
        account.registerSession(permission);
    }

    function valueExceeded(uint256 limit, uint256 spent, uint256 asked) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILatchkeyAccount.ValueLimitExceeded.selector, 0, limit, spent, asked);
    }

    function amountExceeded(uint256 limit, uint256 spent, uint256 asked) private pure returns (bytes memory) {
        return abi.encodeWithSelector(ILatchkeyAccount.AmountLimitExceeded.selector, 0, limit, spent, asked);
    }
}

contract RulesOnProxyTest is RulesBehavior, ProxyHome {}

contract RulesOnDelegatedTest is RulesBehavior, DelegatedHome {}
