// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {UUPSUpgradeable} from "@openzeppelin/contracts/proxy/utils/UUPSUpgradeable.sol";
import {ERC1967Utils} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Utils.sol";
import {ERC1967Proxy} from "@openzeppelin/contracts/proxy/ERC1967/ERC1967Proxy.sol";

import {LatchkeyAccount} from "../src/LatchkeyAccount.sol";
import {ILatchkeyAccount} from "../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "./support/Homes.sol";

/// @dev Who owns an account, in both homes.
abstract contract OwnershipBehavior is AccountFixture {
    function test_owner_isTheKey() public view {
        assertEq(account.owner(), owner, "owner");
        assertEq(account.epoch(), 0, "first epoch");
    }

    function test_initialize_afterwards_reverts(address anyone) public {
        vm.expectRevert(ILatchkeyAccount.AlreadyInitialized.selector);
        vm.prank(anyone);
        account.initialize(anyone);
    }

    function test_initialize_byEntryPoint_reverts() public {
        vm.expectRevert(ILatchkeyAccount.AlreadyInitialized.selector);
        vm.prank(address(ENTRY_POINT));
        account.initialize(stranger);
    }

    /// Owner and epoch share one slot of the ERC-7201 namespace.
    function test_storage_isWhereTheFormatSays() public {
        bytes32 namespace =
            keccak256(abi.encode(uint256(keccak256("latchkey.storage.Account")) - 1)) & ~bytes32(uint256(0xff));
        bytes memory permission = register(defaultGrant());
        bytes32 sessionSlot = keccak256(abi.encode(account.sessionId(permission), uint256(namespace) + 1));
        asEntryPoint(abi.encodeCall(account.revokeAllSessions, ()));

        uint256 stored = isDelegated() ? 0 : uint160(owner);
        assertEq(uint256(vm.load(address(account), namespace)), uint256(1) << 160 | stored, "owner and epoch");
        assertEq(uint256(vm.load(address(account), sessionSlot)), STATUS_ACTIVE, "the status word");
    }
}

contract OwnershipOnProxyTest is OwnershipBehavior, ProxyHome {
    function test_changeOwner_handsOverAndRevokesAll() public {
        address next = vm.addr(keyOf("next"));

        vm.expectEmit(address(account));
        emit ILatchkeyAccount.OwnerChanged(owner, next);
        vm.expectEmit(address(account));
        emit ILatchkeyAccount.AllSessionsRevoked(1);
        submit(ownerOperation(abi.encodeCall(account.changeOwner, (next))));

        assertEq(account.owner(), next, "new owner");
        assertEq(account.epoch(), 1, "next epoch");
    }

    function test_changeOwner_previousOwner_canDoNothing() public {
        asEntryPoint(abi.encodeCall(account.changeOwner, (vm.addr(keyOf("next")))));

        expectBadSignature();
        submit(ownerOperation(pingData()));
    }

    function test_changeOwner_toZero_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.InvalidOwner.selector, address(0)));
        vm.prank(owner);
        account.changeOwner(address(0));
    }

    function test_changeOwner_toItself_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.InvalidOwner.selector, address(account)));
        vm.prank(owner);
        account.changeOwner(address(account));
    }

    function test_changeOwner_byStranger_reverts() public {
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.changeOwner(stranger);
    }

    function test_initialize_withZero_reverts() public {
        bytes memory initialization = abi.encodeCall(ILatchkeyAccount.initialize, (address(0)));
        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.InvalidOwner.selector, address(0)));
        new ERC1967Proxy(address(implementation), initialization);
    }

    function test_upgrade_byOwner_keepsOwnerAndSessions() public {
        bytes memory permission = register(defaultGrant());
        address next = deploy("LatchkeyAccount");

        submit(ownerOperation(abi.encodeCall(UUPSUpgradeable.upgradeToAndCall, (next, ""))));

        bytes32 slot = vm.load(address(account), ERC1967Utils.IMPLEMENTATION_SLOT);
        assertEq(address(uint160(uint256(slot))), next, "upgraded");
        assertEq(account.owner(), owner, "same owner");
        submit(sessionOperation(permission, pingData()));
        assertEq(target.pings(), 1, "the session still works");
    }

    function test_upgrade_byStranger_reverts() public {
        address next = deploy("LatchkeyAccount");

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyAccount.NotAuthorized.selector, stranger));
        vm.prank(stranger);
        account.upgradeToAndCall(next, "");
    }
}

contract OwnershipOnDelegatedTest is OwnershipBehavior, DelegatedHome {
    function test_changeOwner_reverts() public {
        vm.expectRevert(ILatchkeyAccount.DelegatedAccount.selector);
        vm.prank(owner);
        account.changeOwner(stranger);
    }

    function test_replaceOwnerWithKey_reverts() public {
        (uint256 x, uint256 y) = vm.publicKeyP256(1);

        vm.expectRevert(ILatchkeyAccount.DelegatedAccount.selector);
        vm.prank(owner);
        account.replaceOwnerWithKey(1, bytes32(x), bytes32(y));
    }

    function test_upgrade_reverts() public {
        address next = deploy("LatchkeyAccount");

        vm.expectRevert(UUPSUpgradeable.UUPSUnauthorizedCallContext.selector);
        vm.prank(owner);
        account.upgradeToAndCall(next, "");
    }

    /// Even where an earlier delegate left an implementation slot that points here.
    function test_upgrade_withForeignImplementationSlot_reverts() public {
        vm.store(address(account), ERC1967Utils.IMPLEMENTATION_SLOT, bytes32(uint256(uint160(address(implementation)))));
        address next = deploy("LatchkeyAccount");

        vm.expectRevert(ILatchkeyAccount.DelegatedAccount.selector);
        vm.prank(owner);
        account.upgradeToAndCall(next, "");
    }
}
