// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC721} from "@openzeppelin/contracts/token/ERC721/ERC721.sol";

/// @title DevNFT
/// @notice For development chains: anyone may mint. Token ids are sequential from 1.
contract DevNFT is ERC721("Latchkey Dev NFT", "DEVNFT") {
    uint256 private _lastId;

    function mint(address to) external returns (uint256 id) {
        id = ++_lastId;
        _mint(to, id);
    }
}
