package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// devInfo is what is read of the line that `latchkey dev --json` prints.
type devInfo struct {
	API             string `json:"api"`
	RPC             string `json:"rpc"`
	ChainID         uint64 `json:"chainId"`
	PublishableKey  string `json:"publishableKey"`
	SecretKey       string `json:"secretKey"`
	Policy          string `json:"policy"`
	ContractAddress string `json:"contractAddress"`
	ERC20Address    string `json:"erc20Address"`
	Account         string `json:"account"`
	AccountAddress  string `json:"accountAddress"`
	OwnerPrivateKey string `json:"ownerPrivateKey"`
}

// server is a running `latchkey dev` that keeps nothing.
type server struct {
	info    devInfo
	process *exec.Cmd
}

// startServer returns when the server is ready.
func startServer(ctx context.Context, binary string) (*server, error) {
	process := exec.CommandContext(ctx, binary, "dev", "--ephemeral", "--json", "--addr", "127.0.0.1:0", "--rpc-addr", "127.0.0.1:0", "--log-level", "error")
	process.Stderr = os.Stderr
	process.Cancel = func() error { return process.Process.Signal(os.Interrupt) }
	process.WaitDelay = 20 * time.Second
	stdout, err := process.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := process.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w (build it with make build)", binary, err)
	}
	s := &server{process: process}
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &s.info)
	}
	if err != nil {
		s.stop()
		return nil, fmt.Errorf("%s dev printed %q where its JSON line belongs: %w", binary, line, err)
	}
	return s, nil
}

func (s *server) stop() {
	_ = s.process.Process.Signal(os.Interrupt)
	_ = s.process.Wait()
}
