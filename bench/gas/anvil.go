package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/ethereum/go-ethereum/ethclient"
)

const startTimeout = 20 * time.Second

// anvil is a running node.
type anvil struct {
	url  string
	cmd  *exec.Cmd
	exit chan error
}

// startAnvil starts the anvil that npm installed in contracts, at the given hard
// fork, and waits until it answers.
func startAnvil(ctx context.Context, contracts, fork string) (*anvil, error) {
	binary, err := anvilBinary(contracts)
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("find a free port for anvil: %w", err)
	}
	node := &anvil{url: "http://127.0.0.1:" + port, exit: make(chan error, 1)}
	node.cmd = exec.Command(binary, "--silent", "--port", port, "--hardfork", fork,
		"--base-fee", "1000000000", "--timestamp", strconv.Itoa(genesisTime))
	node.cmd.Stderr = os.Stderr
	if err := node.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", binary, err)
	}
	go func() { node.exit <- node.cmd.Wait() }()
	if err := node.wait(ctx); err != nil {
		_ = node.stop()
		return nil, err
	}
	return node, nil
}

// anvilBinary finds the platform's binary: the launcher beside it needs npm's
// install scripts, which we do not run.
func anvilBinary(contracts string) (string, error) {
	arch := map[string]string{"amd64": "amd64", "arm64": "arm64"}[runtime.GOARCH]
	system := map[string]string{"linux": "linux", "darwin": "darwin", "windows": "win32"}[runtime.GOOS]
	path := filepath.Join(contracts, "node_modules", "@foundry-rs", "anvil-"+system+"-"+arch, "bin", "anvil")
	if system == "win32" {
		path += ".exe"
	}
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("anvil is missing (run `npm ci --ignore-scripts` in %s): %w", contracts, err)
	}
	return path, nil
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

func (a *anvil) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	client, err := ethclient.DialContext(ctx, a.url)
	if err != nil {
		return err
	}
	defer client.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := client.ChainID(ctx); err == nil {
			return nil
		}
		select {
		case err := <-a.exit:
			a.exit <- err
			return fmt.Errorf("anvil ended before it answered: %w", err)
		case <-ctx.Done():
			return fmt.Errorf("anvil did not answer at %s: %w", a.url, ctx.Err())
		case <-tick.C:
		}
	}
}

// stop ends the node and waits for it. The error of a killed process is not an
// error.
func (a *anvil) stop() error {
	err := a.cmd.Process.Kill()
	<-a.exit
	return err
}
