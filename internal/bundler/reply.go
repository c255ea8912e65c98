package bundler

import "strings"

// reply is what a node's answer to a broadcast means.
type reply int

const (
	replySent        reply = iota // taken, now or before
	replyUnclear                  // nobody can tell: counts as sent
	replyNonceUsed                // a transaction with this nonce is mined: ours, perhaps
	replyUnderpriced              // bids less than the pool, or than a rival, asks
	replyUnfunded                 // the relayer cannot pay for it
	replyRefused                  // can never be mined as signed
)

// replies maps what go-ethereum, anvil, Nethermind, Erigon, Besu and Reth
// answer, in lower case. The first that matches counts.
var replies = []struct {
	part  string
	reply reply
}{
	{"already known", replySent},
	{"already imported", replySent},
	{"alreadyknown", replySent},
	{"known transaction", replySent},
	{"nonce too low", replyNonceUsed},
	{"nonce is too low", replyNonceUsed},
	{"oldnonce", replyNonceUsed},
	{"underpriced", replyUnderpriced},
	{"fee too low", replyUnderpriced},
	{"feetoolow", replyUnderpriced},
	{"less than block base fee", replyUnderpriced},
	{"insufficient funds", replyUnfunded},
	{"insufficient balance", replyUnfunded},
	{"insufficientfunds", replyUnfunded},
	{"exceeds block gas limit", replyRefused},
	{"gas limit too high", replyRefused},
	{"gas limit is too high", replyRefused},
	{"intrinsic gas too low", replyRefused},
	{"insufficient gas for floor data gas", replyRefused},
	{"oversized data", replyRefused},
	{"invalid chain id", replyRefused},
	{"transaction type not supported", replyRefused},
}

// classify reads the answer to a broadcast. What it does not know counts as
// sent, like a lost connection: the node may have taken the transaction, and
// only the chain can tell.
func classify(err error) reply {
	if err == nil {
		return replySent
	}
	text := strings.ToLower(err.Error())
	for _, r := range replies {
		if strings.Contains(text, r.part) {
			return r.reply
		}
	}
	return replyUnclear
}
