// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";

/// @title DevToken
/// @notice For development chains: anyone may mint any amount. 18 decimals.
contract DevToken is ERC20("Latchkey Dev Token", "DEV") {
    function mint(address to, uint256 amount) external {
        _mint(to, amount);
    }
}
