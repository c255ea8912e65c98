// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";
import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";

/// @title The calls that may be made on a limited token
/// @notice Each reader knows the few functions whose effect it can account for, takes them only in their canonical
/// encoding, and refuses all others: permits, operators, callbacks and batches move tokens past any limit.
/// @dev `ok` is false for everything else; the other results mean nothing then.
library TokenCall {
    /// @dev Not in the ERC, but in many tokens: increaseAllowance(address,uint256).
    bytes4 private constant INCREASE_ALLOWANCE = 0x39509351;
    /// @dev safeTransferFrom(address,address,uint256), the one of ERC-721 without data.
    bytes4 private constant SAFE_TRANSFER_FROM = 0x42842e0e;

    uint256 private constant TWO_WORDS = 4 + 2 * 32;
    uint256 private constant THREE_WORDS = 4 + 3 * 32;
    uint256 private constant ERC1155_DATA_OFFSET = 5 * 32;
    uint256 private constant ERC1155_DATA_START = 4 + 6 * 32;

    /// @dev An allowance counts like a transfer of the same amount, and is never given back.
    function erc20Amount(bytes calldata data, address account) internal pure returns (bool ok, uint256 amount) {
        bytes4 selector = bytes4(data);
        if (selector == IERC20.transferFrom.selector) return _transferFrom(data, account);
        bool isKnown = selector == IERC20.transfer.selector || selector == IERC20.approve.selector
            || selector == INCREASE_ALLOWANCE;
        return _toAddress(data, isKnown);
    }

    function erc721Id(bytes calldata data, address account) internal pure returns (bool ok, uint256 id) {
        bytes4 selector = bytes4(data);
        bool isTransfer = selector == IERC721.transferFrom.selector || selector == SAFE_TRANSFER_FROM;
        if (isTransfer) return _transferFrom(data, account);
        return _toAddress(data, selector == IERC721.approve.selector);
    }

    /// @dev safeTransferFrom(address from, address to, uint256 id, uint256 amount, bytes data).
    function erc1155Amount(bytes calldata data, address account)
        internal
        pure
        returns (bool ok, uint256 id, uint256 amount)
    {
        uint256 length = _argument(data, 5);
        ok = bytes4(data) == IERC1155.safeTransferFrom.selector && _argument(data, 0) == uint160(account)
            && _argument(data, 1) >> 160 == 0 && _argument(data, 4) == ERC1155_DATA_OFFSET && length <= data.length
            && data.length == ERC1155_DATA_START + ((length + 31) & ~uint256(31));
        return (ok, _argument(data, 2), _argument(data, 3));
    }

    /// @dev (address to, uint256 amountOrId)
    function _toAddress(bytes calldata data, bool isKnown) private pure returns (bool ok, uint256 amountOrId) {
        ok = isKnown && data.length == TWO_WORDS && _argument(data, 0) >> 160 == 0;
        return (ok, ok ? _argument(data, 1) : 0);
    }

    /// @dev (address from, address to, uint256 amountOrId), where from is the account itself.
    function _transferFrom(bytes calldata data, address account) private pure returns (bool ok, uint256 amountOrId) {
        ok = data.length == THREE_WORDS && _argument(data, 0) == uint160(account) && _argument(data, 1) >> 160 == 0;
        return (ok, ok ? _argument(data, 2) : 0);
    }

    function _argument(bytes calldata data, uint256 index) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(add(add(data.offset, 4), mul(index, 32)))
        }
    }
}
