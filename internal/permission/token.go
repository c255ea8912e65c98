package permission

import (
	"math/big"
	"slices"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/userop"
)

// Functions of tokens that move what an account holds, or let others move it.
var (
	transfer          = userop.Selector{0xa9, 0x05, 0x9c, 0xbb} // transfer(address,uint256)
	transferFrom      = userop.Selector{0x23, 0xb8, 0x72, 0xdd} // transferFrom(address,address,uint256)
	approve           = userop.Selector{0x09, 0x5e, 0xa7, 0xb3} // approve(address,uint256)
	increaseAllowance = userop.Selector{0x39, 0x50, 0x93, 0x51} // increaseAllowance(address,uint256)
	safeTransferFrom  = userop.Selector{0x42, 0x84, 0x2e, 0x0e} // safeTransferFrom(address,address,uint256)
	safeTransferMulti = userop.Selector{0xf2, 0x42, 0x43, 0x2a} // safeTransferFrom(address,address,uint256,uint256,bytes)
)

// Functions of ERC-20 and ERC-721 by the place of the account among their
// arguments: from(account, to, x), or to(address, x).
var (
	erc20From  = []userop.Selector{transferFrom}
	erc20To    = []userop.Selector{transfer, approve, increaseAllowance}
	erc721From = []userop.Selector{transferFrom, safeTransferFrom}
	erc721To   = []userop.Selector{approve}
)

// readERC20 answers ok = false for every call that is not one of the four
// with exact, clean arguments, or that moves what others hold.
func readERC20(data []byte, account common.Address) (amount *big.Int, ok bool) {
	return readMove(data, account, erc20From, erc20To)
}

// readERC721 is as strict as readERC20.
func readERC721(data []byte, account common.Address) (id *big.Int, ok bool) {
	return readMove(data, account, erc721From, erc721To)
}

func readMove(data []byte, account common.Address, from, to []userop.Selector) (*big.Int, bool) {
	if len(data) < 4 {
		return nil, false
	}
	selector, words := userop.Selector(data), data[4:]
	if slices.Contains(from, selector) {
		if len(words) != 3*wordLength || common.BytesToHash(words[:wordLength]) != common.BytesToHash(account[:]) {
			return nil, false
		}
		return lastOfTwo(words[wordLength:])
	}
	if !slices.Contains(to, selector) || len(words) != 2*wordLength {
		return nil, false
	}
	return lastOfTwo(words)
}

// lastOfTwo reads (address, number).
func lastOfTwo(words []byte) (*big.Int, bool) {
	return new(big.Int).SetBytes(words[wordLength:]), isAddress(words[:wordLength])
}

// isAddress reports whether nothing is set above an address in a word.
func isAddress(word []byte) bool {
	return common.BytesToHash(word[:wordLength-common.AddressLength]) == (common.Hash{})
}

// readERC1155 takes safeTransferFrom(account, to, id, amount, data) alone,
// with data at its canonical place and nothing behind it.
func readERC1155(data []byte, account common.Address) (id, amount *big.Int, ok bool) {
	const head = 6 // words, with the length of data
	if len(data) < 4+head*wordLength || userop.Selector(data) != safeTransferMulti {
		return nil, nil, false
	}
	word := func(i int) []byte { return data[4+i*wordLength : 4+(i+1)*wordLength] }
	offset, length := new(big.Int).SetBytes(word(4)), new(big.Int).SetBytes(word(5))
	rest := len(data) - 4 - head*wordLength
	ok = common.BytesToHash(word(0)) == common.BytesToHash(account[:]) && isAddress(word(1)) &&
		offset.Cmp(big.NewInt((head-1)*wordLength)) == 0 &&
		length.IsUint64() && length.Uint64() <= uint64(rest) &&
		rest == (int(length.Uint64())+wordLength-1)/wordLength*wordLength
	return new(big.Int).SetBytes(word(2)), new(big.Int).SetBytes(word(3)), ok
}
