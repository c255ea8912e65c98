// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Call, ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";
import {Grant} from "./support/PermissionBuilder.sol";
import {RuleBuilder} from "./support/RuleBuilder.sol";
import {SessionRuleFixture} from "./support/SessionRuleFixture.sol";
import {Target} from "./support/Target.sol";

/// @dev Batches of sessions: every call is judged, and counters are carried from call to call.
abstract contract SessionBatchBehavior is SessionRuleFixture {
    function test_batch_everyCallIsMade() public {
        bytes memory permission = register(grantWith(RuleBuilder.list(RuleBuilder.valueTotal(3))));

        use(permission, batch(ping(1), ping(2), set(7)));

        assertEq(target.received(), 3, "both values");
        assertEq(target.number(), 7, "and the third call");
        assertEq(usedOf(permission, 0), 3, "charged as a sum");
    }

    function test_batch_withoutRules_acts() public {
        bytes memory permission = register(defaultGrant());

        use(permission, batch(ping(0), ping(0)));

        assertEq(usesOf(permission), 2, "limit counts calls");
        assertEq(feesOf(permission), WORST_CASE, "the operation is paid once");
    }

    function test_batch_ofSudo_acts() public {
        bytes memory permission = register(sudoGrant());

        use(permission, batch(call(stranger, 1 ether, ""), ping(0)));

        assertEq(stranger.balance, 1 ether, "any call");
        assertEq(usesOf(permission), 2, "each counted");
    }

    function test_batch_limit_carries() public {
        Grant memory g = defaultGrant();
        g.limit = 2;
        bytes memory permission = register(g);

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.LimitExceeded.selector, 2, 2, 1));
        use(permission, batch(ping(0), ping(0), ping(0)));
        use(permission, batch(ping(0), ping(0)));
    }

    function test_batch_rateAndCount_carry() public {
        uint8 fn = functionIndex(Target.ping.selector);
        bytes memory permission =
            register(grantWith(RuleBuilder.list(RuleBuilder.count(fn, 1), RuleBuilder.rate(2, 60))));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CountExceeded.selector, 0, 1, 1));
        useNow(permission, batch(ping(0), ping(0)));

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.RateExceeded.selector, 2, 60));
        useNow(permission, batch(ping(0), set(1), set(2)));

        useNow(permission, batch(ping(0), set(1)));
    }

    function test_batch_oneForbiddenCall_refusesAll() public {
        bytes memory permission = register(defaultGrant());

        expectNotListed(address(target), Target.poke.selector);
        use(permission, batch(ping(0), call(address(target), 0, abi.encodeCall(Target.poke, ()))));
        assertEq(target.pings(), 0, "nothing was done");
    }

    function test_batch_empty_isMalformed() public {
        bytes memory permission = register(sudoGrant());

        expectMalformed();
        use(permission, abi.encodeCall(ILatchkeyAccount.executeBatch, (new Call[](0))));
    }

    /// Any one word of the encoding that Solidity would read otherwise.
    function test_batch_anyOtherStructure_isMalformed(uint256 word, uint256 value) public {
        bytes memory permission = register(sudoGrant());
        bytes memory callData = batch(ping(0), ping(0));
        uint256[7] memory structural =
            [uint256(0), 1, 2, 3, 4 + 2, 4 + 5 + 2, 4 + 3]; // array, count, two tuples, two data offsets, a length
        word = structural[bound(word, 0, structural.length - 1)];
        uint256 honest;
        assembly ("memory-safe") {
            let place := add(callData, add(0x24, mul(word, 0x20)))
            honest := mload(place)
            mstore(place, value)
        }
        // A length may be anything that pads to the same number of words.
        vm.assume(word == 7 ? (value > type(uint64).max || (value + 31) / 32 != (honest + 31) / 32) : value != honest);

        expectMalformed();
        use(permission, callData);
    }

    function test_batch_anyOtherLength_isMalformed(uint16 length) public {
        bytes memory permission = register(sudoGrant());
        bytes memory callData = batch(ping(0), ping(0));
        vm.assume(length >= 4 && length != callData.length && length < 4096);
        bytes memory resized = new bytes(length);
        for (uint256 i = 0; i < length && i < callData.length; ++i) {
            resized[i] = callData[i];
        }

        expectMalformed();
        use(permission, resized);
    }

    /// What the account decodes is what was judged, whatever the calls are.
    function test_batch_anyCalls_areDecodedAlike(bytes[3] memory data) public {
        bytes memory permission = register(sudoGrant());
        Call[] memory calls = new Call[](3);
        for (uint256 i = 0; i < 3; ++i) {
            vm.assume(data[i].length < 4 || bytes4(data[i]) != Target.fail.selector);
            calls[i] = Call(stranger, i, data[i]);
        }

        use(permission, abi.encodeCall(ILatchkeyAccount.executeBatch, (calls)));

        assertEq(usesOf(permission), 3, "three calls counted");
        assertEq(stranger.balance, 3, "three calls made");
    }

    function ping(uint256 value) private view returns (Call memory) {
        return call(address(target), value, abi.encodeCall(Target.ping, ()));
    }

    function set(uint256 number) private view returns (Call memory) {
        return call(address(target), 0, abi.encodeCall(Target.set, (number, stranger)));
    }

    function expectMalformed() private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallMalformed.selector));
    }
}

contract SessionBatchOnProxyTest is SessionBatchBehavior, ProxyHome {}

contract SessionBatchOnDelegatedTest is SessionBatchBehavior, DelegatedHome {}
