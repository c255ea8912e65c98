// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyPaymaster} from "../../src/LatchkeyPaymaster.sol";
import {AccountFixture} from "./AccountFixture.sol";

/// @title An account and a paymaster
abstract contract PaymasterFixture is AccountFixture {
    uint256 internal constant PAYMASTER_GAS = 100_000;
    uint256 internal constant POST_OP_GAS = 10_000;

    LatchkeyPaymaster internal paymaster;
    address internal admin;
    uint256 internal approverKey;

    function setUp() public virtual override {
        super.setUp();
        admin = vm.addr(keyOf("admin"));
        approverKey = keyOf("approver");
        paymaster = LatchkeyPaymaster(deploy("LatchkeyPaymaster", abi.encode(admin, vm.addr(approverKey))));
        paymaster.deposit{value: 10 ether}();
        vm.deal(admin, 10 ether);
    }

    /// @dev Has the paymaster pay for `op`, within its window. The account's signature must follow.
    function sponsor(PackedUserOperation memory op, uint256 key, uint48 validAfter, uint48 validUntil)
        internal
        view
        returns (PackedUserOperation memory)
    {
        bytes memory head =
            abi.encodePacked(paymaster, uint128(PAYMASTER_GAS), uint128(POST_OP_GAS), validAfter, validUntil);
        op.paymasterAndData = bytes.concat(head, sign(key, approvalDigest(op, validAfter, validUntil)));
        return op;
    }

    function sponsor(PackedUserOperation memory op) internal view returns (PackedUserOperation memory) {
        return sponsor(op, approverKey, 0, type(uint40).max);
    }

    function approvalDigest(PackedUserOperation memory op, uint48 validAfter, uint48 validUntil)
        internal
        view
        returns (bytes32)
    {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("LatchkeyPaymaster"),
                keccak256("1"),
                block.chainid,
                paymaster
            )
        );
        bytes32 typehash = keccak256(
            "UserOperationRequest(address sender,uint256 nonce,bytes initCode,bytes callData,bytes32 accountGasLimits,uint256 preVerificationGas,bytes32 gasFees,uint256 paymasterVerificationGasLimit,uint256 paymasterPostOpGasLimit,uint48 validAfter,uint48 validUntil)"
        );
        bytes32 request = keccak256(
            bytes.concat(
                abi.encode(typehash, op.sender, op.nonce, keccak256(op.initCode), keccak256(op.callData)),
                abi.encode(op.accountGasLimits, op.preVerificationGas, op.gasFees),
                abi.encode(PAYMASTER_GAS, POST_OP_GAS, validAfter, validUntil)
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, request));
    }

    function ownerSigned(PackedUserOperation memory op) internal view returns (PackedUserOperation memory) {
        op.signature = abi.encodePacked(OWNER_RAW, sign(ownerKey, ENTRY_POINT.getUserOpHash(op)));
        return op;
    }
}
