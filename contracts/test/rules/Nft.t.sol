// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1155} from "@openzeppelin/contracts/token/ERC1155/IERC1155.sol";
import {IERC721} from "@openzeppelin/contracts/token/ERC721/IERC721.sol";

import {DevNFT} from "../../src/dev/DevNFT.sol";
import {ILatchkeyAccount} from "../../src/interfaces/ILatchkeyAccount.sol";
import {AccountFixture} from "../support/AccountFixture.sol";
import {DelegatedHome, ProxyHome} from "../support/Homes.sol";
import {RuleBuilder} from "../support/RuleBuilder.sol";
import {SessionRuleFixture} from "../support/SessionRuleFixture.sol";
import {TestMultiToken} from "../support/TestMultiToken.sol";

/// @dev ERC-721 by id; ERC-1155 by id and amount.
abstract contract NftRulesBehavior is SessionRuleFixture {
    DevNFT internal nft;
    TestMultiToken internal items;

    function setUp() public virtual override {
        super.setUp();
        nft = DevNFT(deploy("DevNFT"));
        for (uint256 id = 1; id <= 3; ++id) {
            nft.mint(address(account));
        }
        items = new TestMultiToken();
        items.mint(address(account), 1, 100);
        items.mint(address(account), 2, 100);
    }

    // --- ERC-721

    function test_erc721_grantedId_moves() public {
        bytes memory permission = register(bareGrant(idsOf(1, 2)));

        use(permission, transferId(2));

        assertEq(nft.ownerOf(2), stranger, "one of two granted ids");
    }

    function test_erc721_otherId_reverts(uint256 id) public {
        vm.assume(id != 1 && id != 2);
        bytes memory permission = register(bareGrant(idsOf(1, 2)));

        expectIdRefused(address(nft), id);
        use(permission, transferId(id));
    }

    function test_erc721_everyKnownCall_acts() public {
        bytes memory permission = register(bareGrant(idsOf(1, 2)));
        bytes memory safe =
            abi.encodeWithSignature("safeTransferFrom(address,address,uint256)", account, stranger, uint256(1));

        use(permission, executeData(address(nft), 0, abi.encodeCall(IERC721.approve, (stranger, 2))));
        use(permission, executeData(address(nft), 0, safe));

        assertEq(nft.getApproved(2), stranger, "approved");
        assertEq(nft.ownerOf(1), stranger, "moved");
    }

    function test_erc721_otherCalls_revert() public {
        bytes memory permission = register(bareGrant(idsOf(1, 2)));
        bytes4 withData = bytes4(keccak256("safeTransferFrom(address,address,uint256,bytes)"));

        expectTokenCallRefused(address(nft), IERC721.setApprovalForAll.selector);
        use(permission, executeData(address(nft), 0, abi.encodeCall(IERC721.setApprovalForAll, (stranger, true))));

        expectTokenCallRefused(address(nft), withData);
        use(permission, executeData(address(nft), 0, abi.encodeWithSelector(withData, account, stranger, 1, "")));

        expectTokenCallRefused(address(nft), IERC721.transferFrom.selector);
        bytes memory fromOther = abi.encodeCall(IERC721.transferFrom, (stranger, address(account), 1));
        use(permission, executeData(address(nft), 0, fromOther));
    }

    // --- ERC-1155

    function test_erc1155_toTheEdge_actsThenReverts() public {
        bytes memory permission = register(bareGrant(amountsOf()));

        use(permission, moveItems(1, 4, ""));
        use(permission, moveItems(1, 6, "with data of some length, which reaches the receiver"));
        assertEq(items.balanceOf(stranger, 1), 10, "all of the first id");

        expectAmountExceeded(0, 10, 10, 1);
        use(permission, moveItems(1, 1, ""));
        use(permission, moveItems(2, 5, ""));
        assertEq(items.balanceOf(stranger, 2), 5, "the other id counts apart");
    }

    function test_erc1155_otherId_reverts(uint256 id) public {
        vm.assume(id != 1 && id != 2);
        bytes memory permission = register(bareGrant(amountsOf()));

        expectIdRefused(address(items), id);
        use(permission, moveItems(id, 1, ""));
    }

    function test_erc1155_otherCalls_revert() public {
        bytes memory permission = register(bareGrant(amountsOf()));
        uint256[] memory one = new uint256[](1);
        one[0] = 1;

        expectTokenCallRefused(address(items), IERC1155.safeBatchTransferFrom.selector);
        bytes memory many = abi.encodeCall(IERC1155.safeBatchTransferFrom, (address(account), stranger, one, one, ""));
        use(permission, executeData(address(items), 0, many));

        expectTokenCallRefused(address(items), IERC1155.setApprovalForAll.selector);
        use(permission, executeData(address(items), 0, abi.encodeCall(IERC1155.setApprovalForAll, (stranger, true))));

        expectTokenCallRefused(address(items), IERC1155.safeTransferFrom.selector);
        bytes memory fromOther = abi.encodeCall(IERC1155.safeTransferFrom, (stranger, address(account), 1, 1, ""));
        use(permission, executeData(address(items), 0, fromOther));
    }

    /// Another function whose arguments look the same, and the known one with something before or behind them.
    function test_erc1155_lookalikes_revert() public {
        bytes memory permission = register(bareGrant(amountsOf()));
        bytes memory known = abi.encodeCall(IERC1155.safeTransferFrom, (address(account), stranger, 1, 1, ""));

        bytes memory other = bytes.concat(known);
        other[0] = ~other[0];
        expectTokenCallRefused(address(items), bytes4(other));
        use(permission, executeData(address(items), 0, other));

        expectTokenCallRefused(address(items), IERC1155.safeTransferFrom.selector);
        use(permission, executeData(address(items), 0, bytes.concat(known, new bytes(32))));

        bytes memory endless = bytes.concat(known);
        setWord(endless, 5, type(uint256).max);
        expectTokenCallRefused(address(items), IERC1155.safeTransferFrom.selector);
        use(permission, executeData(address(items), 0, endless));
    }

    /// Nothing follows the arguments, and none is left out.
    function test_erc721_otherLength_reverts() public {
        bytes memory permission = register(bareGrant(idsOf(1, 2)));
        bytes memory move = abi.encodeCall(IERC721.transferFrom, (address(account), stranger, 1));

        expectTokenCallRefused(address(nft), IERC721.transferFrom.selector);
        use(permission, executeData(address(nft), 0, bytes.concat(move, new bytes(32))));

        assembly ("memory-safe") {
            mstore(move, 0x63)
        }
        expectTokenCallRefused(address(nft), IERC721.transferFrom.selector);
        use(permission, executeData(address(nft), 0, move));
    }

    /// The recipient is an address, by each standard.
    function test_tokens_dirtyRecipient_reverts() public {
        bytes[] memory rules =
            RuleBuilder.list(RuleBuilder.erc721(address(nft), 1), RuleBuilder.erc1155(address(items), 1, 10));
        bytes memory permission = register(bareGrant(rules));

        bytes memory move = abi.encodeCall(IERC721.transferFrom, (address(account), stranger, 1));
        setWord(move, 1, 1 << 160 | uint160(stranger));
        expectTokenCallRefused(address(nft), IERC721.transferFrom.selector);
        use(permission, executeData(address(nft), 0, move));

        move = abi.encodeCall(IERC1155.safeTransferFrom, (address(account), stranger, 1, 1, ""));
        setWord(move, 1, 1 << 160 | uint160(stranger));
        expectTokenCallRefused(address(items), IERC1155.safeTransferFrom.selector);
        use(permission, executeData(address(items), 0, move));
    }

    function setWord(bytes memory data, uint256 argument, uint256 value) private pure {
        assembly ("memory-safe") {
            mstore(add(data, add(0x24, mul(argument, 0x20))), value)
        }
    }

    /// The data's offset, length and end are where the ABI puts them, or the call is refused.
    function test_erc1155_movedWords_revert(uint8 word, uint256 value) public {
        word = uint8(bound(word, 4, 5));
        bytes memory permission = register(bareGrant(amountsOf()));
        bytes memory data = abi.encodeCall(IERC1155.safeTransferFrom, (address(account), stranger, 1, 1, ""));
        vm.assume(value != (word == 4 ? 0xa0 : 0));
        assembly ("memory-safe") {
            mstore(add(data, add(0x24, mul(word, 0x20))), value)
        }

        expectTokenCallRefused(address(items), IERC1155.safeTransferFrom.selector);
        use(permission, executeData(address(items), 0, data));
    }

    function idsOf(uint256 a, uint256 b) private view returns (bytes[] memory) {
        return RuleBuilder.list(RuleBuilder.erc721(address(nft), a), RuleBuilder.erc721(address(nft), b));
    }

    function amountsOf() private view returns (bytes[] memory) {
        return RuleBuilder.list(
            RuleBuilder.erc1155(address(items), 1, 10), RuleBuilder.erc1155(address(items), 2, 5)
        );
    }

    function transferId(uint256 id) private view returns (bytes memory) {
        return executeData(address(nft), 0, abi.encodeCall(IERC721.transferFrom, (address(account), stranger, id)));
    }

    function moveItems(uint256 id, uint256 amount, bytes memory data) private view returns (bytes memory) {
        bytes memory move =
            abi.encodeCall(IERC1155.safeTransferFrom, (address(account), stranger, id, amount, data));
        return executeData(address(items), 0, move);
    }

    function expectIdRefused(address token, uint256 id) private {
        expectRefusal(abi.encodeWithSelector(ILatchkeyAccount.TokenIdNotAllowed.selector, token, id));
    }
}

contract NftRulesOnProxyTest is NftRulesBehavior, ProxyHome {
    function setUp() public override(AccountFixture, NftRulesBehavior) {
        NftRulesBehavior.setUp();
    }
}

contract NftRulesOnDelegatedTest is NftRulesBehavior, DelegatedHome {
    function setUp() public override(AccountFixture, NftRulesBehavior) {
        NftRulesBehavior.setUp();
    }
}
