// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {ILatchkeyAccountFactory} from "../src/interfaces/ILatchkeyAccountFactory.sol";
import {ProxyHome} from "./support/Homes.sol";

contract FactoryTest is ProxyHome {
    function test_createAccountWithNonce_deploysWhereItSaid(address someone, bytes32 nonce) public {
        address expected = factory.getAddressWithNonce(someone, nonce);
        vm.assume(someone != address(0) && someone != expected && expected.code.length == 0);

        vm.expectEmit(address(factory));
        emit ILatchkeyAccountFactory.AccountCreated(expected, someone);
        address created = factory.createAccountWithNonce(someone, nonce, false);

        assertEq(created, expected, "the address");
        assertEq(LatchkeyAccount(payable(created)).owner(), someone, "the owner");
    }

    function test_createAccountWithNonce_twice_returnsTheSame() public {
        vm.recordLogs();
        address again = factory.createAccountWithNonce(owner, 0, false);

        assertEq(again, address(account), "the same account");
        assertEq(vm.getRecordedLogs().length, 0, "nothing happens");
    }

    function test_createAccountWithNonce_withGuardian_reverts() public {
        vm.expectRevert(ILatchkeyAccountFactory.GuardianNotSupported.selector);
        factory.createAccountWithNonce(owner, 0, true);
    }

    function test_getAddressWithNonce_dependsOnOwnerAndNonce(address someone, bytes32 nonce) public view {
        vm.assume(someone != owner || nonce != 0);

        assertTrue(factory.getAddressWithNonce(someone, nonce) != address(account), "another account");
    }

    function test_implementation_isTheOneGiven() public view {
        assertEq(factory.implementation(), address(implementation), "the implementation");
    }

    /// The first operation brings its own deployment.
    function test_firstOperation_deploysTheAccount() public {
        ownerKey = keyOf("newcomer");
        account = LatchkeyAccount(payable(factory.getAddressWithNonce(vm.addr(ownerKey), bytes32(uint256(9)))));
        ENTRY_POINT.depositTo{value: 1 ether}(address(account));

        PackedUserOperation memory op = operation(pingData());
        op.initCode = abi.encodePacked(
            factory, abi.encodeCall(factory.createAccountWithNonce, (vm.addr(ownerKey), bytes32(uint256(9)), false))
        );
        op.signature = sign(ownerKey, eip191(ENTRY_POINT.getUserOpHash(op)));
        submit(op);

        assertEq(target.lastCaller(), address(account), "deployed and used at once");
    }
}
