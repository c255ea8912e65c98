// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {GrantFixture} from "./support/GrantFixture.sol";
import {ProxyHome} from "./support/Homes.sol";
import {PermissionBuilder} from "./support/PermissionBuilder.sol";

/// @dev Owns accounts by its calls, and would agree to any signature if it were asked.
contract OwnerContract {
    function call(address to, bytes calldata data) external {
        (bool ok, bytes memory reason) = to.call(data);
        require(ok, string(reason));
    }

    function isValidSignature(bytes32, bytes calldata) external pure returns (bytes4) {
        return this.isValidSignature.selector;
    }
}

/// @dev A contract that owns an account calls it. Its signatures are never asked for.
contract ContractOwnerTest is GrantFixture, ProxyHome {
    OwnerContract private ownerContract;

    function setUp() public override {
        super.setUp();
        ownerContract = new OwnerContract();
        owner = address(ownerContract);
        account = LatchkeyAccount(payable(factory.createAccountWithNonce(owner, 0, false)));
        ENTRY_POINT.depositTo{value: 10 ether}(address(account));
    }

    function test_contractOwner_callsTheAccount() public {
        ownerContract.call(address(account), pingData());

        assertEq(target.lastCaller(), address(account), "the account acted");
    }

    function test_contractOwner_registersSessions() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());
        ownerContract.call(address(account), abi.encodeCall(account.registerSession, (permission)));

        submit(sessionOperation(permission, pingData()));
        assertEq(target.pings(), 1, "the session acts");
    }

    function test_contractOwner_operation_reverts(uint256 key) public {
        ownerKey = bound(key, 1, type(uint128).max);
        PackedUserOperation memory op = ownerOperation(pingData());

        expectBadSignature();
        submit(op);
        op.signature = abi.encodePacked(OWNER_RAW, new bytes(65));
        expectBadSignature();
        submit(op);
    }

    function test_contractOwner_grant_reverts() public {
        bytes memory permission = PermissionBuilder.pack(defaultGrant());

        expectBadSignature();
        submit(grantedOperation(FIRST_USE, permission, ownerGrant(permission), pingData()));
    }

    function test_contractOwner_message_isRefused(bytes32 hash, bytes memory signature) public view {
        assertEq(account.isValidSignature(hash, signature), bytes4(0xffffffff), "nobody signs for a contract");
    }
}
