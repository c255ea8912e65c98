// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {PackedUserOperation} from "@openzeppelin/contracts/interfaces/IERC4337.sol";

import {DevToken} from "../../src/dev/DevToken.sol";
import {Call, ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "./AccountFixture.sol";
import {Grant, PermissionBuilder} from "./PermissionBuilder.sol";
import {Target} from "./Target.sol";

/// @title An account whose sessions have rules
/// @notice The records of rules, and operations that name a moment or bring the owner's grant along.
abstract contract RuleFixture is AccountFixture {
    uint8 internal constant FIRST_USE = 1 << 2;
    uint8 internal constant STATELESS = 2 << 2;
    uint8 internal constant WITH_MOMENT = 1 << 4;
    uint8 internal constant GRANT_EIP191 = 1 << 5;

    // --- records

    function valuePerCall(uint128 max) internal pure returns (bytes memory) {
        return record(0x01, abi.encodePacked(max));
    }

    function valueTotal(uint128 max) internal pure returns (bytes memory) {
        return record(0x02, abi.encodePacked(max));
    }

    function valuePeriod(uint128 max, uint256 start, uint32 period) internal pure returns (bytes memory) {
        return record(0x03, abi.encodePacked(max, uint48(start), period));
    }

    function valueStream(uint128 initial, uint128 perSecond, uint128 max, uint256 start)
        internal
        pure
        returns (bytes memory)
    {
        return record(0x04, abi.encodePacked(initial, perSecond, max, uint48(start)));
    }

    function erc20Total(address token, uint128 max) internal pure returns (bytes memory) {
        return record(0x11, abi.encodePacked(token, max));
    }

    function erc20Period(address token, uint128 max, uint256 start, uint32 period)
        internal
        pure
        returns (bytes memory)
    {
        return record(0x12, abi.encodePacked(token, max, uint48(start), period));
    }

    function erc20Stream(address token, uint128 initial, uint128 perSecond, uint128 max, uint256 start)
        internal
        pure
        returns (bytes memory)
    {
        return record(0x13, abi.encodePacked(token, initial, perSecond, max, uint48(start)));
    }

    function erc721(address token, uint256 id) internal pure returns (bytes memory) {
        return record(0x21, abi.encodePacked(token, id));
    }

    function erc1155(address token, uint256 id, uint128 max) internal pure returns (bytes memory) {
        return record(0x22, abi.encodePacked(token, id, max));
    }

    /// @dev About a word of the arguments of the first function.
    function argument(uint8 word, uint8 operator, bytes memory operands) internal pure returns (bytes memory) {
        return record(0x31, abi.encodePacked(uint8(0), word, operator, operands));
    }

    function argumentTotal(uint8 word, uint128 max) internal pure returns (bytes memory) {
        return record(0x32, abi.encodePacked(uint8(0), word, max));
    }

    function count(uint48 limit) internal pure returns (bytes memory) {
        return record(0x41, abi.encodePacked(uint8(0), limit));
    }

    function rate(uint32 calls, uint32 interval) internal pure returns (bytes memory) {
        return record(0x42, abi.encodePacked(calls, interval));
    }

    /// @dev The record of a rule of any kind.
    function record(uint8 kind, bytes memory body) internal pure returns (bytes memory) {
        return abi.encodePacked(kind, uint8(body.length), body);
    }

    function ruleList(bytes memory a) internal pure returns (bytes[] memory l) {
        l = new bytes[](1);
        l[0] = a;
    }

    /// @dev Two rules, in the order given.
    function ruleList(bytes memory a, bytes memory b) internal pure returns (bytes[] memory l) {
        l = new bytes[](2);
        (l[0], l[1]) = (a, b);
    }

    // --- grants

    /// @dev The default grant, under rules.
    function ruled(bytes[] memory rules) internal view returns (Grant memory g) {
        g = defaultGrant();
        g.rules = rules;
    }

    function ruled(bytes memory rule) internal view returns (Grant memory) {
        return ruled(ruleList(rule));
    }

    /// @dev Nothing but what the rules about tokens grant.
    function tokenGrant(bytes[] memory rules) internal view returns (Grant memory g) {
        g = ruled(rules);
        g.functions = new bytes24[](0);
    }

    function tokenGrant(bytes memory rule) internal view returns (Grant memory) {
        return tokenGrant(ruleList(rule));
    }

    /// @dev A token of which the account has a thousand units.
    function newToken() internal returns (DevToken token) {
        token = DevToken(deploy("DevToken"));
        token.mint(address(account), 1000);
    }

    // --- calls

    function transferData(address token, uint256 amount) internal view returns (bytes memory) {
        return executeData(token, 0, abi.encodeCall(IERC20.transfer, (stranger, amount)));
    }

    function payData(uint256 value) internal view returns (bytes memory) {
        return executeData(address(target), value, abi.encodeCall(Target.ping, ()));
    }

    function payment(uint256 value) internal view returns (Call memory) {
        return Call(address(target), value, abi.encodeCall(Target.ping, ()));
    }

    function transferCall(address token, uint256 amount) internal view returns (Call memory) {
        return Call(token, 0, abi.encodeCall(IERC20.transfer, (stranger, amount)));
    }

    function batchData(Call[] memory calls) internal pure returns (bytes memory) {
        return abi.encodeCall(ILatchkeyAccount.executeBatch, (calls));
    }

    function batchData(Call memory a, Call memory b) internal pure returns (bytes memory) {
        Call[] memory calls = new Call[](2);
        (calls[0], calls[1]) = (a, b);
        return batchData(calls);
    }

    function usedOf(bytes memory permission, uint8 rule) internal view returns (uint256) {
        return account.ruleUsed(account.sessionId(permission), rule);
    }

    // --- operations

    /// @dev An operation that names its moment.
    function timedOperation(bytes memory permission, bytes memory callData, uint256 moment)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        op = operation(callData);
        bytes memory head = abi.encodePacked(SESSION_RAW | WITH_MOMENT, uint48(moment), permission);
        op.signature = bytes.concat(head, sign(sessionKey, ENTRY_POINT.getUserOpHash(op)));
    }

    /// @dev What the owner signs to grant a session that is not registered.
    function grantDigest(bytes memory permission) internal view returns (bytes32) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("Latchkey"),
                keccak256("1"),
                block.chainid,
                account
            )
        );
        return keccak256(abi.encodePacked(hex"1901", domain, account.sessionId(permission)));
    }

    /// @dev An operation of a session that is let in by `grant`, a signature of the owner.
    function grantedOperation(uint8 wayIn, bytes memory permission, bytes memory grant)
        internal
        view
        returns (PackedUserOperation memory op)
    {
        op = operation(pingData());
        bytes memory head = abi.encodePacked(SESSION_RAW | wayIn, permission, grant);
        op.signature = bytes.concat(head, sign(sessionKey, ENTRY_POINT.getUserOpHash(op)));
    }
}
