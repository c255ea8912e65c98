// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Target} from "../support/Target.sol";

/// @dev Case 12: upper bits that one reader ignores and another does not.
abstract contract DirtyWordsAttack is AccountFixture {
    function test_case12_dirtyTarget_reverts(uint96 dirt) public {
        vm.assume(dirt != 0);
        bytes memory permission = register(defaultGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallMalformed.selector));
        submit(sessionOperation(permission, dirtyCall(dirt, address(target))));
    }

    /// A dirty name of the account is not a way around the self-call guard either.
    function test_case12_dirtyOwnAddress_reverts(uint96 dirt) public {
        vm.assume(dirt != 0);
        bytes memory permission = register(sudoGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallMalformed.selector));
        submit(sessionOperation(permission, dirtyCall(dirt, address(account))));
    }

    /// A value is a whole word: a bit far up is a value, not dirt.
    function test_case12_highValueBit_isAValue(uint8 bit) public {
        bytes memory permission = register(defaultGrant());
        uint256 value = uint256(1) << bit;

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.ValueNotAllowed.selector, value));
        submit(sessionOperation(permission, executeData(address(target), value, abi.encodeCall(Target.ping, ()))));
    }

    function dirtyCall(uint96 dirt, address to) private pure returns (bytes memory callData) {
        callData = executeData(to, 0, abi.encodeCall(Target.ping, ()));
        uint256 word = uint256(dirt) << 160 | uint160(to);
        assembly ("memory-safe") {
            mstore(add(callData, 0x24), word)
        }
    }
}

contract Case12DirtyWordsOnProxyTest is DirtyWordsAttack, ProxyHome {}

contract Case12DirtyWordsOnDelegatedTest is DirtyWordsAttack, DelegatedHome {}
