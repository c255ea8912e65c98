// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {ILatchkeyPaymaster} from "../src/interfaces/ILatchkeyPaymaster.sol";
import {AccountFixture} from "./support/AccountFixture.sol";
import {ProxyHome} from "./support/Homes.sol";
import {PaymasterFixture} from "./support/PaymasterFixture.sol";

contract PaymasterTest is PaymasterFixture, ProxyHome {
    function setUp() public override(AccountFixture, PaymasterFixture) {
        PaymasterFixture.setUp();
    }

    function createApproved() private view returns (PackedUserOperation memory) {
        return ownerSigned(sponsor(operation(pingData())));
    }

    function test_validate_approved_pays() public {
        uint256 before = ENTRY_POINT.balanceOf(address(account));

        submit(createApproved());

        assertEq(target.pings(), 1, "the operation ran");
        assertEq(ENTRY_POINT.balanceOf(address(account)), before, "the account paid nothing");
        assertTrue(ENTRY_POINT.balanceOf(address(paymaster)) < 10 ether, "the paymaster did");
    }

    function test_validate_approvedByStranger_reverts(uint256 key) public {
        key = bound(key, 1, type(uint128).max);

        expectFailedOp("AA34 signature error");
        submit(ownerSigned(sponsor(operation(pingData()), key, 0, type(uint40).max)));
    }

    function test_validate_operationChangedAfterApproval_reverts() public {
        PackedUserOperation memory op = sponsor(operation(pingData()));
        op.callData = executeData(stranger, 1 ether, "");

        expectFailedOp("AA34 signature error");
        submit(ownerSigned(op));
    }

    function test_validate_outsideWindow_reverts() public {
        uint48 start = uint48(block.timestamp + 100);
        PackedUserOperation memory op = ownerSigned(sponsor(operation(pingData()), approverKey, start, start + 100));

        expectFailedOp("AA32 paymaster expired or not due");
        submit(op);

        vm.warp(start + 101);
        expectFailedOp("AA32 paymaster expired or not due");
        submit(op);

        vm.warp(start + 100);
        submit(op);
        assertEq(target.pings(), 1, "within the window");
    }

    /// Bytes behind the signature would be paid for by nobody's consent.
    function test_validate_otherLength_reverts(uint8 length) public {
        vm.assume(length != 77);
        PackedUserOperation memory op = sponsor(operation(pingData()));
        bytes memory resized = new bytes(52 + uint256(length));
        for (uint256 i = 0; i < resized.length && i < op.paymasterAndData.length; ++i) {
            resized[i] = op.paymasterAndData[i];
        }
        op.paymasterAndData = resized;

        expectFailedOp("AA34 signature error");
        submit(ownerSigned(op));
    }

    /// With an empty slot, a signature that recovers nobody must not match it.
    function test_validate_zeroSignature_reverts() public {
        PackedUserOperation memory op = operation(pingData());
        op.paymasterAndData = abi.encodePacked(
            paymaster, uint128(PAYMASTER_GAS), uint128(POST_OP_GAS), uint48(0), uint48(0), new bytes(65)
        );

        expectFailedOp("AA34 signature error");
        submit(ownerSigned(op));
    }

    function test_setSigner_rotatesWithoutAGap() public {
        uint256 nextKey = keyOf("next approver");
        vm.expectEmit(address(paymaster));
        emit ILatchkeyPaymaster.SignerChanged(1, address(0), vm.addr(nextKey));
        vm.prank(admin);
        paymaster.setSigner(1, vm.addr(nextKey));

        submit(createApproved());
        submit(ownerSigned(sponsor(operation(pingData()), nextKey, 0, type(uint40).max)));

        vm.prank(admin);
        paymaster.setSigner(0, address(0));
        submit(ownerSigned(sponsor(operation(pingData()), nextKey, 0, type(uint40).max)));
        expectFailedOp("AA34 signature error");
        submit(createApproved());

        assertEq(target.pings(), 3, "old, new, new");
    }

    function test_setSigner_noSuchSlot_reverts(uint256 slot) public {
        slot = bound(slot, 2, type(uint256).max);

        vm.expectRevert(abi.encodeWithSelector(ILatchkeyPaymaster.NoSuchSlot.selector, slot));
        vm.prank(admin);
        paymaster.setSigner(slot, stranger);
    }

    function test_adminFunctions_byStranger_revert() public {
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(paymaster.setSigner, (0, stranger));
        calls[1] = abi.encodeCall(paymaster.withdraw, (payable(stranger), 1));
        calls[2] = abi.encodeCall(paymaster.addStake, (1));
        calls[3] = abi.encodeCall(paymaster.unlockStake, ());
        calls[4] = abi.encodeCall(paymaster.withdrawStake, (payable(stranger)));
        for (uint256 i = 0; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool ok, bytes memory reason) = address(paymaster).call(calls[i]);
            assertFalse(ok, "only the admin");
            assertEq(reason, abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, stranger), "says why");
        }
    }

    function test_admin_movesDepositAndStake() public {
        vm.prank(admin);
        paymaster.addStake{value: 1 ether}(1 days);
        vm.prank(admin);
        paymaster.unlockStake();
        vm.warp(block.timestamp + 1 days);
        vm.prank(admin);
        paymaster.withdrawStake(payable(stranger));
        vm.prank(admin);
        paymaster.withdraw(payable(stranger), 10 ether);

        assertEq(stranger.balance, 11 ether, "stake and deposit came back");
    }

    function test_validatePaymasterUserOp_notFromEntryPoint_reverts() public {
        PackedUserOperation memory op = createApproved();

        vm.expectRevert();
        vm.prank(stranger);
        paymaster.validatePaymasterUserOp(op, bytes32(0), 0);
    }
}
