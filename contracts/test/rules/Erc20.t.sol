// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

import {DevToken} from "../../src/dev/DevToken.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Grant, PermissionBuilder} from "../support/PermissionBuilder.sol";
import {RuleBuilder} from "../support/RuleBuilder.sol";
import {SessionRuleFixture} from "../support/SessionRuleFixture.sol";

/// @dev ERC-20 tokens: total, per period, streamed.
abstract contract Erc20RulesBehavior is SessionRuleFixture {
    DevToken internal token;

    function setUp() public virtual override {
        super.setUp();
        token = DevToken(deploy("DevToken", ""));
        token.mint(address(account), 1000 ether);
    }

    function transfer(uint256 amount) internal view returns (bytes memory) {
        return executeData(address(token), 0, abi.encodeCall(IERC20.transfer, (stranger, amount)));
    }

    function totalOf(uint128 max) internal view returns (bytes[] memory) {
        return RuleBuilder.list(RuleBuilder.erc20Total(address(token), max));
    }

    function test_erc20Total_toTheEdge_actsThenReverts() public {
        bytes memory permission = register(bareGrant(totalOf(10 ether)));

        use(permission, transfer(4 ether));
        use(permission, transfer(6 ether));
        assertEq(token.balanceOf(stranger), 10 ether, "the rule itself grants the transfer");

        expectAmountExceeded(0, 10 ether, 10 ether, 1);
        use(permission, transfer(1));
    }

    function test_erc20Total_everyWayToSpend_counts() public {
        bytes memory permission = register(bareGrant(totalOf(10 ether)));
        bytes memory approve = abi.encodeCall(IERC20.approve, (address(account), 3 ether));

        use(permission, executeData(address(token), 0, approve));
        assertEq(usedOf(permission, 0), 3 ether, "approve");

        bytes memory transferFrom = abi.encodeCall(IERC20.transferFrom, (address(account), stranger, 3 ether));
        use(permission, executeData(address(token), 0, transferFrom));
        assertEq(usedOf(permission, 0), 6 ether, "transferFrom");

        expectAmountExceeded(0, 10 ether, 6 ether, 5 ether);
        use(permission, transfer(5 ether));
    }

    function test_erc20Total_increaseAllowance_counts() public {
        bytes memory permission = register(bareGrant(totalOf(10 ether)));
        bytes memory increase =
            abi.encodeWithSignature("increaseAllowance(address,uint256)", stranger, uint256(10 ether) + 1);

        expectAmountExceeded(0, 10 ether, 0, 10 ether + 1);
        use(permission, executeData(address(token), 0, increase));
    }

    function test_erc20Total_anySplit_neverPast(uint96[6] memory amounts) public {
        uint128 max = 10 ether;
        bytes memory permission = register(bareGrant(totalOf(max)));
        uint256 spent;
        for (uint256 i = 0; i < amounts.length; ++i) {
            uint256 amount = bound(amounts[i], 0, max / 2);
            bool fits = spent + amount <= max;
            if (!fits) expectAmountExceeded(0, max, spent, amount);
            use(permission, transfer(amount));
            if (fits) spent += amount;
            assertEq(token.balanceOf(stranger), spent, "what was sent is what was charged");
        }
    }

    function test_erc20Total_hugeAmount_reverts(uint256 amount) public {
        amount = bound(amount, uint256(1) << 128, type(uint256).max);
        bytes memory permission = register(bareGrant(totalOf(type(uint128).max)));
        use(permission, transfer(1));

        expectAmountExceeded(0, type(uint128).max, 1, amount);
        use(permission, executeData(address(token), 0, abi.encodeCall(IERC20.approve, (stranger, amount))));
    }

    function test_erc20Period_eachPeriodAnew() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.erc20Period(address(token), 10 ether, start, 1 hours));
        bytes memory permission = register(bareGrant(rules));

        useNow(permission, transfer(10 ether));
        expectAmountExceeded(0, 10 ether, 10 ether, 1);
        useNow(permission, transfer(1));

        vm.warp(start + 1 hours);
        useNow(permission, transfer(10 ether));
    }

    function test_erc20Stream_releasesBySecond() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.erc20Stream(address(token), 0, 1 ether, 0, start));
        bytes memory permission = register(bareGrant(rules));

        vm.warp(start + 10);
        useNow(permission, transfer(10 ether));
        expectAmountExceeded(0, 10 ether, 10 ether, 1);
        useNow(permission, transfer(1));
    }

    /// A moment before what was already spent leaves nothing.
    function test_erc20Stream_earlierMoment_hasReleasedLess() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(RuleBuilder.erc20Stream(address(token), 0, 1 ether, 0, start));
        bytes memory permission = register(bareGrant(rules));
        vm.warp(start + 10);
        useNow(permission, transfer(10 ether));

        expectAmountExceeded(0, 5 ether, 10 ether, 0);
        submit(timedOperation(permission, start + 5, transfer(0)));
    }

    function test_erc20_twoRulesOfOneToken_bothCharged() public {
        uint48 start = uint48(block.timestamp);
        bytes[] memory rules = RuleBuilder.list(
            RuleBuilder.erc20Total(address(token), 15 ether),
            RuleBuilder.erc20Period(address(token), 10 ether, start, 1 hours)
        );
        bytes memory permission = register(bareGrant(rules));
        useNow(permission, transfer(10 ether));

        vm.warp(start + 1 hours);
        expectAmountExceeded(0, 15 ether, 10 ether, 6 ether);
        useNow(permission, transfer(6 ether));
        useNow(permission, transfer(5 ether));
    }

    function test_erc20_listedFunctions_narrowTheGrant() public {
        Grant memory g = bareGrant(totalOf(10 ether));
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(token), IERC20.transfer.selector));
        bytes memory permission = register(g);

        use(permission, transfer(1 ether));
        expectNotListed(address(token), IERC20.approve.selector);
        use(permission, executeData(address(token), 0, abi.encodeCall(IERC20.approve, (stranger, 1))));
    }

    function test_erc20_otherToken_isNotGranted() public {
        bytes memory permission = register(bareGrant(totalOf(10 ether)));
        DevToken other = new DevToken();

        expectNotListed(address(other), IERC20.transfer.selector);
        use(permission, executeData(address(other), 0, abi.encodeCall(IERC20.transfer, (stranger, 1))));
    }

    function test_erc20_valueWithTheCall_reverts() public {
        bytes[] memory rules =
            RuleBuilder.list(RuleBuilder.valueTotal(1 ether), RuleBuilder.erc20Total(address(token), 10 ether));
        bytes memory permission = register(bareGrant(rules));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueNotAllowed.selector, 1));
        use(permission, executeData(address(token), 1, abi.encodeCall(IERC20.transfer, (stranger, 1))));
    }
}

contract Erc20RulesOnProxyTest is Erc20RulesBehavior, ProxyHome {
    function setUp() public override(AccountFixture, Erc20RulesBehavior) {
        Erc20RulesBehavior.setUp();
    }
}

contract Erc20RulesOnDelegatedTest is Erc20RulesBehavior, DelegatedHome {
    function setUp() public override(AccountFixture, Erc20RulesBehavior) {
        Erc20RulesBehavior.setUp();
    }
}
