// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {Target} from "../support/Target.sol";

/// @dev Case 11: calldata whose ABI reading differs from what the rules look at.
abstract contract CalldataTricksAttack is AccountFixture {
    /// The decoy at the usual place is allowed, the data that the account would use is not.
    function test_case11_decoyBeforeTheData_reverts() public {
        bytes memory decoy = abi.encode(abi.encodeCall(Target.ping, ()));
        bytes memory real = abi.encode(abi.encodeCall(Target.poke, ()));
        // Two encodings of `bytes` without their leading offset: length and padded data, 64 bytes each.
        bytes memory tail = bytes.concat(slice(decoy, 32), slice(real, 32));

        refuse(abi.encodePacked(head(0xa0), tail));
    }

    function test_case11_otherOffset_reverts(uint256 offset) public {
        vm.assume(offset != 0x60);

        refuse(abi.encodePacked(head(offset), slice(abi.encode(abi.encodeCall(Target.ping, ())), 32)));
    }

    function test_case11_otherLength_reverts(uint256 length) public {
        vm.assume(length != 4);
        // Lengths 1 to 32 fit the same padded word; they are other data, not another reading.
        vm.assume(length == 0 || length > 32);

        refuse(abi.encodePacked(head(0x60), length, bytes32(Target.ping.selector)));
    }

    function test_case11_trailingBytes_revert(bytes memory trailing) public {
        vm.assume(trailing.length != 0);

        refuse(bytes.concat(pingData(), trailing));
    }

    function test_case11_truncated_reverts(uint256 length) public {
        bytes memory whole = pingData();
        length = bound(length, 0, whole.length - 1);
        assembly ("memory-safe") {
            mstore(whole, length)
        }

        refuse(whole);
    }

    /// A length that wraps: the second call begins inside the first. It would hide what the first call is.
    function test_case11_lengthThatWraps_reverts() public {
        bytes memory head_ = abi.encode(uint256(0x20), 2, 0x40, 0x80);
        bytes memory calls = abi.encode(address(target), 0, 0x60, type(uint256).max - 0x3f, 0x60, 0);
        bytes memory callData = bytes.concat(ILatchkeyAccount.executeBatch.selector, head_, calls);

        bytes memory permission = register(sudoGrant());
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallMalformed.selector));
        submit(sessionOperation(permission, callData));
    }

    /// More calls than there are numbers.
    function test_case11_countThatWraps_reverts() public {
        bytes memory head_ = abi.encode(uint256(0x20), (1 << 251) + 1, 0x20);
        refuse(bytes.concat(ILatchkeyAccount.executeBatch.selector, head_, abi.encode(address(target), 0, 0x60, 0)));
    }

    function head(uint256 offset) private view returns (bytes memory) {
        return abi.encodePacked(ILatchkeyAccount.execute.selector, abi.encode(address(target), 0, offset));
    }

    function refuse(bytes memory callData) private {
        bytes memory permission = register(defaultGrant());

        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.CallMalformed.selector));
        submit(sessionOperation(permission, callData));
    }

    function slice(bytes memory data, uint256 from) private pure returns (bytes memory part) {
        part = new bytes(data.length - from);
        for (uint256 i = 0; i < part.length; ++i) {
            part[i] = data[from + i];
        }
    }
}

contract Case11CalldataTricksOnProxyTest is CalldataTricksAttack, ProxyHome {}

contract Case11CalldataTricksOnDelegatedTest is CalldataTricksAttack, DelegatedHome {}
