// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title A session's status word
/// @notice What is stored about a session: bits 0-7 status, 8-55 calls made, 56-151 worst-case fees charged in wei,
/// 152-191 the interval that the rate was last used in, 192-223 calls made in that interval, 224-255 zero. Other rules
/// have a counter each. A status moves none -> active -> closed or none -> closed, and never back.
library SessionStatus {
    uint8 internal constant NONE = 0;
    uint8 internal constant ACTIVE = 1;
    uint8 internal constant CLOSED = 2;

    uint256 private constant ONE_CALL = 1 << 8;
    uint256 private constant RATE_CLEARED = (1 << 152) - 1;

    function status(uint256 word) internal pure returns (uint8) {
        return uint8(word);
    }

    function callsMade(uint256 word) internal pure returns (uint256) {
        return uint48(word >> 8);
    }

    function feesCharged(uint256 word) internal pure returns (uint256) {
        return uint96(word >> 56);
    }

    /// @dev The caller has checked that the count stays within 48 bits.
    function addCall(uint256 word) internal pure returns (uint256) {
        unchecked {
            return word + ONE_CALL;
        }
    }

    /// @dev The caller has checked that the sum stays within 96 bits.
    function addFee(uint256 word, uint256 fee) internal pure returns (uint256) {
        unchecked {
            return word + (fee << 56);
        }
    }

    /// @dev The interval that the rate was last used in, and how many calls were made in it.
    function rate(uint256 word) internal pure returns (uint256 interval, uint256 used) {
        return (uint40(word >> 152), uint32(word >> 192));
    }

    /// @dev The caller has checked that the interval stays within 40 bits and the count within 32.
    function withRate(uint256 word, uint256 interval, uint256 used) internal pure returns (uint256) {
        return (word & RATE_CLEARED) | interval << 152 | used << 192;
    }

    /// @dev Keeps the counters, so that the chain still tells what a closed session used.
    function close(uint256 word) internal pure returns (uint256) {
        return (word & ~uint256(0xff)) | CLOSED;
    }
}
