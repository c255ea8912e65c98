package chain_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/ethereum/go-ethereum/common"

	"github.com/latchkey-dev/latchkey/internal/bindings"
	"github.com/latchkey-dev/latchkey/internal/chain"
	"github.com/latchkey-dev/latchkey/internal/devchain"
)

func startNode(t *testing.T, chainID uint64) *devchain.Node {
	t.Helper()
	node, err := devchain.Start(t.Context(), devchain.Config{ChainID: chainID, Addr: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { node.Close() })
	return node
}

// bareChain is a client of a chain without contracts.
func bareChain(t *testing.T) *chain.Client {
	t.Helper()
	return dial(t, startNode(t, 0).URL())
}

func dial(t *testing.T, urls ...string) *chain.Client {
	t.Helper()
	client, err := chain.Dial(t.Context(), urls...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

// gate stands before a node and can be told to fail.
type gate struct {
	URL    string
	target atomic.Pointer[string]
	fault  atomic.Pointer[http.HandlerFunc]
	passed atomic.Int32 // requests that reached the node

	rewrite func(body string) string // of the node's answers; nil leaves them
}

func newGate(t *testing.T, target string) *gate {
	t.Helper()
	g := &gate{}
	g.target.Store(&target)
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	g.URL = server.URL
	return g
}

func (g *gate) fail(how http.HandlerFunc) { g.fault.Store(&how) }

func (g *gate) ServeHTTP(answer http.ResponseWriter, request *http.Request) {
	if fault := g.fault.Load(); fault != nil {
		(*fault)(answer, request)
		return
	}
	g.passed.Add(1)
	forwarded, err := http.Post(*g.target.Load(), "application/json", request.Body)
	if err != nil {
		http.Error(answer, err.Error(), http.StatusBadGateway)
		return
	}
	defer forwarded.Body.Close()
	body, err := io.ReadAll(forwarded.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if g.rewrite != nil {
		body = []byte(g.rewrite(string(body)))
	}
	answer.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(answer, "%s", body)
}

func hangUp(answer http.ResponseWriter, _ *http.Request) {
	conn, _, err := answer.(http.Hijacker).Hijack()
	if err == nil {
		conn.Close()
	}
}

func saying(body string) http.HandlerFunc {
	return func(answer http.ResponseWriter, _ *http.Request) { fmt.Fprint(answer, body) }
}

func TestFailover(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	for name, fault := range map[string]http.HandlerFunc{
		"connection closed": hangUp,
		"gateway error":     func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "upstream", http.StatusBadGateway) },
		"throttled":         func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "slow down", http.StatusTooManyRequests) },
		"not JSON":          saying("<html>maintenance</html>"),
		"provider's limit":  saying(`{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"daily request count exceeded"}}`),
	} {
		t.Run(name, func(t *testing.T) {
			node := startNode(t, 0)
			first, second := newGate(t, node.URL()), newGate(t, node.URL())
			client := dial(t, first.URL, second.URL)
			before := second.passed.Load()
			if _, err := client.Balance(t.Context(), common.Address{1}); err != nil {
				t.Fatal(err)
			}
			if second.passed.Load() != before {
				t.Error("the second node was asked while the first answers")
			}

			first.fail(fault)
			if _, err := client.Balance(t.Context(), common.Address{1}); err != nil {
				t.Fatalf("with the first node away: %v", err)
			}
			if second.passed.Load() == before {
				t.Error("the second node was not asked")
			}

			second.fail(fault)
			_, err := client.Balance(t.Context(), common.Address{1})
			if !errors.Is(err, chain.ErrUnavailable) {
				t.Errorf("with both nodes away: %v", err)
			}
		})
	}
}

func TestARevertIsNoReasonToAskAnotherNode(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	node := startNode(t, 0)
	first, second := newGate(t, node.URL()), newGate(t, node.URL())
	client := dial(t, first.URL, second.URL)
	before := second.passed.Load()
	// The deterministic deployer reverts when the creation code does: a zero
	// salt, then PUSH0 PUSH0 REVERT.
	_, err := client.Call(t.Context(), common.Address{}, bindings.DeterministicDeployer, append(make([]byte, 32), 0x5f, 0x5f, 0xfd))
	if _, ok := errors.AsType[*chain.RevertError](err); !ok {
		t.Errorf("got %v, want a revert", err)
	}
	if second.passed.Load() != before {
		t.Error("the second node was asked too")
	}
}

func TestANodeThatComesBackOnAnotherChain(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	ours, foreign := startNode(t, 0), startNode(t, 80002)
	first, second := newGate(t, ours.URL()), newGate(t, ours.URL())
	client := dial(t, first.URL, second.URL)

	first.fail(hangUp)
	if _, err := client.Head(t.Context()); err != nil {
		t.Fatal(err)
	}
	url := foreign.URL()
	first.target.Store(&url)
	first.fault.Store(nil)
	second.fail(hangUp)
	_, err := client.Head(t.Context())
	if !errors.Is(err, chain.ErrUnavailable) || !strings.Contains(err.Error(), "on chain 80002, not on chain 31337") {
		t.Errorf("got %v", err)
	}

	url = ours.URL()
	first.target.Store(&url)
	if _, err := client.Head(t.Context()); err != nil {
		t.Errorf("after the right node came back: %v", err)
	}
}

func TestDialRefusals(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	one, other := startNode(t, 0), startNode(t, 80002)
	dead := newGate(t, one.URL())
	dead.fail(hangUp)
	for name, c := range map[string]struct {
		urls []string
		want string
	}{
		"no URL":       {nil, "no RPC URL is given"},
		"two chains":   {[]string{one.URL(), other.URL()}, "give nodes of one chain"},
		"nobody there": {[]string{dead.URL}, chain.ErrUnavailable.Error()},
		"no such kind": {[]string{"gopher://secret-key@example"}, "no known transport"},
	} {
		client, err := chain.Dial(t.Context(), c.urls...)
		if err == nil {
			client.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "secret-key") {
			t.Errorf("%s: the error shows a credential: %v", name, err)
		}
	}
	client := dial(t, dead.URL, one.URL()) // one away is no obstacle
	if client.ChainID() != devchain.DefaultChainID {
		t.Errorf("chain id %d", client.ChainID())
	}
}

func TestErrorsHideCredentials(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	g := newGate(t, startNode(t, 0).URL())
	client := dial(t, g.URL+"/v2/secret-key?token=secret-key")
	g.fail(hangUp)
	_, err := client.Head(t.Context())
	if err == nil || strings.Contains(err.Error(), "secret-key") {
		t.Errorf("got %v", err)
	}
}

func TestCancelledCall(t *testing.T) {
	client := bareChain(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := client.Head(ctx)
	if !errors.Is(err, context.Canceled) || errors.Is(err, chain.ErrUnavailable) {
		t.Errorf("got %v, want the caller's own cancellation", err)
	}
}
