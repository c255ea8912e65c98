// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IEntryPoint, PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {LatchkeyAccount} from "../../src/LatchkeyAccount.sol";
import {LatchkeyAccountFactory} from "../../src/LatchkeyAccountFactory.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {EntryPointFixture} from "./EntryPointFixture.sol";
import {Grant, PermissionBuilder} from "./PermissionBuilder.sol";
import {Target} from "./Target.sol";

/// @title An account under test
/// @notice One funded account with its owner, a session key, and the ways to operate both. {ProxyHome} and
/// {DelegatedHome} say how the account comes to be; each suite runs in both.
abstract contract AccountFixture is EntryPointFixture {
    uint256 internal constant VERIFICATION_GAS = 300_000;
    uint256 internal constant CALL_GAS = 300_000;
    uint256 internal constant PRE_VERIFICATION_GAS = 50_000;
    uint256 internal constant MAX_FEE = 2 gwei;
    /// What one operation can cost without a paymaster.
    uint256 internal constant WORST_CASE = (VERIFICATION_GAS + CALL_GAS + PRE_VERIFICATION_GAS) * MAX_FEE;

    uint8 internal constant OWNER_RAW = 0;
    uint8 internal constant OWNER_EIP191 = 1;
    uint8 internal constant SESSION_RAW = 2;
    uint8 internal constant SESSION_EIP191 = 3;

    uint256 internal constant STATUS_ACTIVE = 1;
    uint256 internal constant STATUS_CLOSED = 2;

    LatchkeyAccount internal implementation;
    LatchkeyAccountFactory internal factory;
    Target internal target;

    uint256 internal ownerKey;
    address internal owner;
    LatchkeyAccount internal account;

    uint256 internal sessionKey;
    address internal session;

    address internal stranger;
    address internal bundler;
    address payable internal beneficiary;

    /// What the next operation must be refused with; empty when it must pass.
    bytes private _expectedRevert;

    /// @dev Makes the account that `key` controls.
    function createAccount(uint256 key) internal virtual returns (LatchkeyAccount);

    function isDelegated() internal pure virtual returns (bool);

    function setUp() public virtual {
        vm.warp(1_750_000_000);
        vm.txGasPrice(1 gwei);
        deployEntryPoint();
        implementation = LatchkeyAccount(payable(deploy("LatchkeyAccount")));
        factory = LatchkeyAccountFactory(deploy("LatchkeyAccountFactory", abi.encode(implementation)));
        target = new Target();

        ownerKey = keyOf("owner");
        owner = vm.addr(ownerKey);
        account = createAccount(ownerKey);
        vm.deal(address(account), 10 ether);
        ENTRY_POINT.depositTo{value: 10 ether}(address(account));

        sessionKey = keyOf("session");
        session = vm.addr(sessionKey);
        stranger = vm.addr(keyOf("stranger"));
        bundler = vm.addr(keyOf("bundler"));
        beneficiary = payable(vm.addr(keyOf("beneficiary")));
        vm.label(address(account), "account");
        vm.label(address(target), "target");
    }

    // --- grants

    /// @dev Lets the session key call `Target.ping` a hundred times, for a budget of one ether, within a day.
    function defaultGrant() internal view returns (Grant memory g) {
        g.signer = session;
        g.validUntil = uint48(block.timestamp + 1 days);
        g.limit = 100;
        g.feeLimit = 1 ether;
        g.functions = PermissionBuilder.list(PermissionBuilder.functionOf(address(target), Target.ping.selector));
    }

    /// @dev Lets the session key do what any session may, within the same counters.
    function sudoGrant() internal view returns (Grant memory g) {
        g = defaultGrant();
        g.sudo = true;
        g.functions = new bytes24[](0);
    }

    /// @dev Registers the grant as the owner would, and returns its packed form.
    function register(Grant memory g) internal returns (bytes memory permission) {
        permission = PermissionBuilder.pack(g);
        asEntryPoint(abi.encodeCall(account.registerSession, (permission)));
    }

    /// @dev Calls the account as the EntryPoint does after the owner's signature was checked.
    function asEntryPoint(bytes memory callData) internal {
        vm.prank(address(ENTRY_POINT));
        (bool ok, bytes memory reason) = address(account).call(callData);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }

    function statusOf(bytes memory permission) internal view returns (uint256) {
        return uint8(wordOf(permission));
    }

    function usesOf(bytes memory permission) internal view returns (uint256) {
        return uint48(wordOf(permission) >> 8);
    }

    function feesOf(bytes memory permission) internal view returns (uint256) {
        return uint96(wordOf(permission) >> 56);
    }

    function wordOf(bytes memory permission) internal view returns (uint256) {
        return account.sessionStatus(account.sessionId(permission));
    }

    // --- operations

    function pingData() internal view returns (bytes memory) {
        return executeData(address(target), 0, abi.encodeCall(Target.ping, ()));
    }

    function executeData(address to, uint256 value, bytes memory data) internal pure returns (bytes memory) {
        return abi.encodeCall(ILatchkeyAccount.execute, (to, value, data));
    }

    function operation(bytes memory callData) internal view returns (PackedUserOperation memory op) {
        op.sender = address(account);
        op.nonce = ENTRY_POINT.getNonce(address(account), 0);
        op.callData = callData;
        op.accountGasLimits = bytes32(VERIFICATION_GAS << 128 | CALL_GAS);
        op.preVerificationGas = PRE_VERIFICATION_GAS;
        op.gasFees = bytes32(uint256(1 gwei) << 128 | MAX_FEE);
    }

    function ownerOperation(bytes memory callData) internal view returns (PackedUserOperation memory op) {
        op = operation(callData);
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        op.signature = sign(ownerKey, isDelegated() ? hash : eip191(hash));
    }

    function sessionOperation(bytes memory permission, bytes memory callData)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        return signAsSession(operation(callData), permission);
    }

    /// @dev Signs as Openfort's SDK does: EIP-191 for a proxy, the hash itself for a delegated account.
    function signAsSession(PackedUserOperation memory op, bytes memory permission)
        internal
        view
        returns (PackedUserOperation memory)
    {
        bytes32 hash = ENTRY_POINT.getUserOpHash(op);
        op.signature = isDelegated()
            ? abi.encodePacked(SESSION_RAW, permission, sign(sessionKey, hash))
            : abi.encodePacked(SESSION_EIP191, permission, sign(sessionKey, eip191(hash)));
        return op;
    }

    function sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function eip191(bytes32 hash) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked("\x19Ethereum Signed Message:\n32", hash));
    }

    /// @dev Sends one operation through the EntryPoint, from a plain EOA.
    function submit(PackedUserOperation memory op) internal {
        PackedUserOperation[] memory ops = new PackedUserOperation[](1);
        ops[0] = op;
        submit(ops);
    }

    function submit(PackedUserOperation[] memory ops) internal {
        bytes memory revertData = _expectedRevert;
        delete _expectedRevert;
        if (revertData.length != 0) vm.expectRevert(revertData);
        vm.prank(bundler, bundler);
        ENTRY_POINT.handleOps(ops, beneficiary);
    }

    /// @dev The next operation submitted must be refused by the account's validation with `reason`.
    function expectRefusal(bytes memory reason) internal {
        _expectedRevert = abi.encodeWithSelector(IEntryPoint.FailedOpWithRevert.selector, 0, "AA23 reverted", reason);
    }

    /// @dev The next operation submitted must be refused for its signature alone.
    function expectBadSignature() internal {
        expectFailedOp("AA24 signature error");
    }

    /// @dev The next operation submitted must be refused for its time window.
    function expectOutOfTime() internal {
        expectFailedOp("AA22 expired or not due");
    }

    /// @dev The next operation submitted must be refused by the EntryPoint with `reason`.
    function expectFailedOp(string memory reason) internal {
        _expectedRevert = abi.encodeWithSelector(IEntryPoint.FailedOp.selector, 0, reason);
    }
}
