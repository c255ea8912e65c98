// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IAccount} from "@openzeppelin/contracts/interfaces/IERC4337.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IERC721Receiver} from "@openzeppelin/contracts/token/ERC721/IERC721Receiver.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";

import {ContractSignature} from "./account/ContractSignature.sol";
import {Execution} from "./account/Execution.sol";
import {OperationValidation} from "./account/OperationValidation.sol";

/// @title LatchkeyAccount
/// @notice The account of {ILatchkeyAccount}, put together from its parts. One deployment serves both homes: proxies
/// made by {LatchkeyAccountFactory}, and EOAs that delegate to it.
contract LatchkeyAccount is OperationValidation, Execution, ContractSignature, ERC721Holder, ERC1155Holder {
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(IAccount).interfaceId || interfaceId == type(IERC1271).interfaceId
            || interfaceId == type(IERC721Receiver).interfaceId || super.supportsInterface(interfaceId);
    }
}
