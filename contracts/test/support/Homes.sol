// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {AccountFixture} from "./AccountFixture.sol";

/// @dev The account is an ERC-1967 proxy.
abstract contract ProxyHome is AccountFixture {
    function createAccount(uint256 key) internal override returns (LatchkeyAccount) {
        return LatchkeyAccount(payable(factory.createAccountWithNonce(vm.addr(key), 0, false)));
    }

    function isDelegated() internal pure override returns (bool) {
        return false;
    }
}

/// @dev The account is an EOA that delegates by EIP-7702.
abstract contract DelegatedHome is AccountFixture {
    function createAccount(uint256 key) internal override returns (LatchkeyAccount) {
        delegate(key, address(implementation));
        return LatchkeyAccount(payable(vm.addr(key)));
    }

    function isDelegated() internal pure override returns (bool) {
        return true;
    }

    /// @dev An authorisation signed by `key`, carried by a plain transfer.
    function delegate(uint256 key, address to) internal {
        vm.signAndAttachDelegation(to, key);
        (bool ok,) = address(0xdead).call("");
        assertTrue(ok, "the carrying transaction succeeds");
        assertEq(vm.addr(key).code, abi.encodePacked(hex"ef0100", to), "the EOA delegates");
    }
}
