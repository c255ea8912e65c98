package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"os"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/ethclient"

	"github.com/latchkey-dev/latchkey/internal/deploy"
	"github.com/latchkey-dev/latchkey/internal/signer"
)

type deployCommand struct {
	RPC             string `name:"rpc" required:"" help:"RPC endpoint of the chain." env:"LATCHKEY_RPC"`
	RelayerKeyFile  string `required:"" type:"existingfile" help:"File with the relayer's private key in hex. It pays for the deployment, administers the paymaster and, unless told otherwise, signs for it. No server may send from it meanwhile; a key of its own works too, with --paymaster-signer here and --paymaster for serve." env:"LATCHKEY_RELAYER_KEY_FILE"`
	PaymasterSigner string `help:"Address of the paymaster's first signer, if it is not the relayer."`
	Stake           string `default:"100000000000000000" help:"The paymaster's stake at the EntryPoint in wei."`
	Deposit         string `default:"1000000000000000000" help:"Least deposit of the paymaster at the EntryPoint in wei; less is topped up."`
	DevContracts    bool   `help:"Also deploy an ERC-721 and an ERC-20 that anyone can mint."`
	JSON            bool   `name:"json" help:"Print the result as JSON."`
}

func (c deployCommand) Run(ctx context.Context) error {
	key, err := signer.LoadFile(c.RelayerKeyFile)
	if err != nil {
		return err
	}
	options, err := c.options(key.Address())
	if err != nil {
		return err
	}
	if !c.JSON {
		options.Progress = printStep
	}
	client, err := ethclient.DialContext(ctx, c.RPC)
	if err != nil {
		return fmt.Errorf("deploy to %s: %w", c.RPC, err)
	}
	defer client.Close()
	result, err := deploy.Run(ctx, client, key, options)
	if err != nil {
		return err
	}
	return c.print(result)
}

func (c deployCommand) options(relayer common.Address) (deploy.Options, error) {
	stake, err := wei("--stake", c.Stake)
	if err != nil {
		return deploy.Options{}, err
	}
	deposit, err := wei("--deposit", c.Deposit)
	if err != nil {
		return deploy.Options{}, err
	}
	first := relayer
	if c.PaymasterSigner != "" {
		if !common.IsHexAddress(c.PaymasterSigner) {
			return deploy.Options{}, fmt.Errorf("--paymaster-signer %q is not an address", c.PaymasterSigner)
		}
		first = common.HexToAddress(c.PaymasterSigner)
	}
	return deploy.Options{PaymasterSigner: first, Stake: stake, Deposit: deposit, Development: c.DevContracts}, nil
}

// wei reads an amount. More than 96 bits is more than any chain has.
func wei(flag, text string) (*big.Int, error) {
	amount, ok := new(big.Int).SetString(text, 10)
	if !ok || amount.Sign() < 0 || amount.BitLen() > 96 {
		return nil, fmt.Errorf("%s %q is not an amount of wei: a whole number from 0 to 2^96-1", flag, text)
	}
	return amount, nil
}

func printStep(s deploy.Step) {
	what := "sent " + s.Tx.Hex()
	if s.Existed {
		what = "was there already"
	}
	fmt.Fprintf(os.Stderr, "%-24s %s  %s\n", s.Name, s.Address, what)
}

func (c deployCommand) print(r deploy.Result) error {
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(deployInfo{
			EntryPoint: r.EntryPoint, Account: r.Account, Factory: r.Factory, Paymaster: r.Paymaster,
			DevNFT: known(r.DevNFT), DevToken: known(r.DevToken), Sent: r.Sent(),
		})
	}
	keys := "--relayer-key-file " + c.RelayerKeyFile
	if c.PaymasterSigner != "" {
		keys = "--relayer-key-file FILE --paymaster-key-file FILE"
	}
	fmt.Printf("Deployed. %d transactions were sent. The paymaster is %s.\nStart the server with: latchkey serve --rpc %s %s --paymaster %s\n", r.Sent(), r.Paymaster, c.RPC, keys, r.Paymaster)
	return nil
}

// deployInfo is what `deploy --json` prints.
type deployInfo struct {
	EntryPoint common.Address  `json:"entryPoint"`
	Account    common.Address  `json:"accountImplementation"`
	Factory    common.Address  `json:"factory"`
	Paymaster  common.Address  `json:"paymaster"`
	DevNFT     *common.Address `json:"erc721,omitempty"`
	DevToken   *common.Address `json:"erc20,omitempty"`
	Sent       int             `json:"transactionsSent"`
}

// known answers nil for the zero address.
func known(a common.Address) *common.Address {
	if a == (common.Address{}) {
		return nil
	}
	return &a
}
