// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Call} from "../../src/interfaces/ILatchkeyAccount.sol";
import {GrantFixture} from "../support/GrantFixture.sol";
import {Grant} from "../support/PermissionBuilder.sol";
import {P256Fixture} from "../support/P256Fixture.sol";
import {ModelRule, ModelRules} from "./ModelRule.sol";
import {Promise} from "./Promise.sol";

/// @dev A call, and what whoever made it up says that it does.
struct ModelCall {
    Call call;
    /// The standard by which it moves a token of the account out, as the first kind of rule of that standard: 0x11,
    /// 0x21, 0x22. Zero for everything else.
    uint8 standard;
    uint256 id;
    uint256 amount;
    /// Whether it calls the account, which is judged by what comes of it.
    bool isOwn;
}

/// @dev What the model knows about one session.
struct Session {
    Grant grant;
    bytes permission;
    bytes ownerGrant;
    /// Whether the owner signed the grant as a personal message.
    bool isPersonal;
    uint256 key;
    uint64 epoch;
    uint8 status;
    uint256 calls;
    uint256 fees;
    uint256 rateIndex;
    uint256 rateUsed;
}

/// @title What must follow from what was granted and used
/// @notice Keeps its own books about every operation that got into a block, by the block's time, and notes where a limit
/// is broken. Whether an operation gets in is the account's decision; the model only judges those that did.
abstract contract SessionModel is GrantFixture, P256Fixture {
    using ModelRules for ModelRule;

    uint8 internal constant NONE = 0;
    uint8 internal constant ACTIVE = 1;
    uint8 internal constant CLOSED = 2;

    bytes32[] internal ids;
    mapping(bytes32 id => Session) internal sessions;
    mapping(bytes32 id => ModelRule[]) internal rulesOf;
    /// By rule, and by period where the rule has periods.
    mapping(bytes32 id => mapping(uint256 rule => mapping(uint256 index => uint256))) internal spent;
    mapping(bytes32 id => mapping(uint256 rule => uint256)) internal lastIndex;

    /// How often operations that a kind of rule is about got in; 0 stands for those without rules.
    mapping(uint256 kind => uint256) public acted;

    /// The first thing that went wrong, empty while the promise is kept.
    mapping(Promise => string) public broken;

    function breaks(Promise which, string memory what) internal {
        if (bytes(broken[which]).length == 0) broken[which] = what;
    }

    /// @dev Books the calls of one operation that got in, and judges them.
    function book(bytes32 id, ModelCall[] memory calls) internal {
        for (uint256 i = 0; i < calls.length; ++i) {
            bookCall(id, calls[i]);
        }
    }

    function bookFee(bytes32 id, address paymaster, uint256 worstCase) internal {
        Session storage s = sessions[id];
        if (paymaster == address(0) && s.grant.feeLimit == 0) breaks(Promise.Fees, "paid without a fee limit");
        if (paymaster != address(0) && !contains(s.grant.paymasters, paymaster)) {
            breaks(Promise.Fees, "paid by a paymaster that was not granted");
        }
        if (s.grant.feeLimit == 0) return;
        s.fees += worstCase;
        if (s.fees > s.grant.feeLimit) breaks(Promise.Fees, "charged more than the fee limit");
    }

    function bookCall(bytes32 id, ModelCall memory made) private {
        Session storage s = sessions[id];
        if (made.call.target == address(ENTRY_POINT)) breaks(Promise.Granting, "called the EntryPoint");
        if (!s.grant.sudo && !made.isOwn) judgeGrant(id, made);

        ModelRule[] memory rules = rulesOf[id];
        if (rules.length == 0) ++acted[0];
        for (uint256 i = 0; i < rules.length; ++i) {
            bookRule(id, i, rules[i], made);
        }
        ++s.calls;
        if (s.grant.limit != 0 && s.calls > s.grant.limit) breaks(Promise.Counting, "more calls than the limit");
    }

    // --- what is granted

    function judgeGrant(bytes32 id, ModelCall memory made) private {
        Grant memory g = sessions[id].grant;
        ModelRule[] memory rules = rulesOf[id];
        address to = made.call.target;
        bool isToken = isLimited(rules, to);
        bool isListed = contains(g.contracts, to) || hasFunction(g, made.call);
        if (!isListed && (!isToken || hasAnyFunction(g, to))) breaks(Promise.Granting, "called what is not listed");
        if (made.call.value != 0 && (isToken || rules.length == 0 || !rules[0].isValue())) {
            breaks(Promise.Granting, "sent value without a rule for it");
        }
        if (isToken) judgeToken(rules, made);
    }

    /// @dev A limited token is called only in ways that every one of its rules can account for.
    function judgeToken(ModelRule[] memory rules, ModelCall memory made) private {
        bool hasIds;
        bool isNamed;
        for (uint256 i = 0; i < rules.length; ++i) {
            if (!rules[i].isToken() || rules[i].token != made.call.target) continue;
            uint8 standard = rules[i].kind < 0x20 ? 0x11 : rules[i].kind;
            if (standard != made.standard) breaks(Promise.Granting, "called a limited token in another way");
            hasIds = hasIds || standard != 0x11;
            isNamed = isNamed || rules[i].id == made.id;
        }
        if (hasIds && !isNamed) breaks(Promise.Granting, "moved a token by an id that is not named");
    }

    // --- what is used

    function bookRule(bytes32 id, uint256 i, ModelRule memory r, ModelCall memory made) private {
        if (r.isValue()) {
            if (made.call.value != 0) spend(id, i, r, made.call.value);
        } else if (r.isToken()) {
            if (r.token != made.call.target) return;
            if (r.kind == 0x21) ++acted[r.kind];
            else if (r.kind < 0x20 || r.id == made.id) spend(id, i, r, made.amount);
        } else if (r.kind == 0x42) {
            bookRate(id, r);
        } else if (r.kind != 0x51 && isCallOf(id, r, made.call)) {
            bookFunction(id, i, r, made.call.data);
        }
    }

    function bookFunction(bytes32 id, uint256 i, ModelRule memory r, bytes memory data) private {
        if (r.kind == 0x41) {
            ++acted[r.kind];
            if (++spent[id][i][0] > r.max) breaks(Promise.Counting, "more calls of a function than its count");
            return;
        }
        uint256 argument;
        bool isThere = data.length >= 4 + 32 * (uint256(r.word) + 1);
        if (!isThere) breaks(Promise.Granting, "left out an argument");
        uint256 offset = 36 + 32 * uint256(r.word);
        assembly ("memory-safe") {
            if isThere { argument := mload(add(data, offset)) }
        }
        if (r.kind == 0x32) return spend(id, i, r, argument);
        ++acted[r.kind];
        if (!r.satisfies(argument)) breaks(Promise.Granting, "passed an argument that the rule forbids");
    }

    function bookRate(bytes32 id, ModelRule memory r) private {
        Session storage s = sessions[id];
        uint256 index = r.indexAt(block.timestamp);
        if (index != s.rateIndex) (s.rateIndex, s.rateUsed) = (index, 0);
        ++acted[r.kind];
        if (++s.rateUsed > r.max) breaks(Promise.Counting, "more calls in an interval than the rate");
    }

    function spend(bytes32 id, uint256 i, ModelRule memory r, uint256 amount) private {
        ++acted[r.kind];
        if (r.kind == 0x01) {
            if (amount > r.max) breaks(Promise.Spending, "more value in one call than allowed");
            return;
        }
        if (r.isTimed() && block.timestamp < r.start) return breaks(Promise.Closing, "spent before the rule's start");
        uint256 index = r.isPeriod() ? r.indexAt(block.timestamp) : 0;
        lastIndex[id][i] = index;
        uint256 before = spent[id][i][index];
        uint256 total = amount > type(uint256).max - before ? type(uint256).max : before + amount;
        spent[id][i][index] = total;
        if (total > r.limitAt(block.timestamp)) breaks(Promise.Spending, string.concat("past ", vm.toString(r.kind)));
    }

    // --- the books

    /// @dev Compares all status words and counters of the account with the books.
    function compareBooks() public view returns (bool) {
        for (uint256 i = 0; i < ids.length; ++i) {
            if (account.sessionStatus(ids[i]) != expectedWord(ids[i])) return false;
            for (uint256 rule = 0; rule < rulesOf[ids[i]].length; ++rule) {
                if (account.ruleUsed(ids[i], uint8(rule)) != expectedCounter(ids[i], rule)) return false;
            }
        }
        return true;
    }

    function expectedWord(bytes32 id) private view returns (uint256) {
        Session storage s = sessions[id];
        uint256 calls = s.grant.limit == 0 ? 0 : s.calls;
        uint256 fees = s.grant.feeLimit == 0 ? 0 : s.fees;
        return s.status | calls << 8 | fees << 56 | s.rateIndex << 152 | s.rateUsed << 192;
    }

    function expectedCounter(bytes32 id, uint256 rule) private view returns (uint256) {
        ModelRule memory r = rulesOf[id][rule];
        if (!r.hasCounter() || r.kind == 0x42) return 0;
        uint256 index = lastIndex[id][rule];
        return index << 128 | spent[id][rule][index];
    }

    // --- lookups

    function isLimited(ModelRule[] memory rules, address token) private pure returns (bool) {
        for (uint256 i = 0; i < rules.length; ++i) {
            if (rules[i].isToken() && rules[i].token == token) return true;
        }
        return false;
    }

    function isCallOf(bytes32 id, ModelRule memory r, Call memory call) private view returns (bool) {
        return call.data.length >= 4 && bytes24(abi.encodePacked(call.target, bytes4(call.data)))
            == sessions[id].grant.functions[r.fn];
    }

    function hasFunction(Grant memory g, Call memory call) private pure returns (bool) {
        if (call.data.length < 4) return false;
        for (uint256 i = 0; i < g.functions.length; ++i) {
            if (g.functions[i] == bytes24(abi.encodePacked(call.target, bytes4(call.data)))) return true;
        }
        return false;
    }

    function hasAnyFunction(Grant memory g, address to) private pure returns (bool) {
        for (uint256 i = 0; i < g.functions.length; ++i) {
            if (address(bytes20(g.functions[i])) == to) return true;
        }
        return false;
    }

    function contains(address[] memory list, address entry) private pure returns (bool) {
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == entry) return true;
        }
        return false;
    }
}
