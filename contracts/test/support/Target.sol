// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title What sessions call in tests
contract Target {
    error Refused(uint256 code);

    uint256 public pings;
    uint256 public pokes;
    uint256 public plainCalls;
    address public lastCaller;
    uint256 public received;
    uint256 public number;

    function ping() external payable {
        ++pings;
        lastCaller = msg.sender;
        received += msg.value;
    }

    function poke() external payable {
        ++pokes;
    }

    /// @dev Has arguments for rules to look at.
    function set(uint256 newNumber, address) external payable {
        number = newNumber;
    }

    function fail(uint256 code) external pure {
        revert Refused(code);
    }

    fallback() external payable {
        ++plainCalls;
    }

    receive() external payable {
        received += msg.value;
    }
}
