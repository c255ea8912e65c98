package chain

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// idleConnections is how many connections to one node stay open: as many as
// requests usually run at once.
const idleConnections = 32

// endpoint is one node.
type endpoint struct {
	name string // without credentials
	url  string

	// checked says that the node's chain id was compared since the last failure:
	// another node may answer at the same address afterwards.
	checked atomic.Bool

	mu        sync.Mutex
	conn      *rpc.Client // nil until it is needed
	transport *http.Transport
}

func newEndpoint(address string) *endpoint {
	return &endpoint{name: redact(address), url: address}
}

// redact keeps what identifies a node. Providers put API keys into the path,
// the query or the user part.
func redact(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "RPC node"
	}
	return u.Scheme + "://" + u.Host
}

// use runs request on the node, after making sure that it is on the chain.
func (e *endpoint) use(ctx context.Context, chainID uint64, request func(context.Context, *rpc.Client) error) error {
	if !e.checked.Load() {
		id, err := e.chainID(ctx)
		if err != nil {
			return err
		}
		if id != chainID {
			return &wrongChainError{want: chainID, got: id}
		}
		e.checked.Store(true)
	}
	return e.do(ctx, request)
}

func (e *endpoint) chainID(ctx context.Context) (uint64, error) {
	var id hexutil.Uint64
	err := e.do(ctx, func(ctx context.Context, conn *rpc.Client) error {
		return conn.CallContext(ctx, &id, "eth_chainId")
	})
	if err != nil {
		return 0, fmt.Errorf("ask %s for its chain id: %w", e.name, err)
	}
	return uint64(id), nil
}

func (e *endpoint) do(ctx context.Context, request func(context.Context, *rpc.Client) error) error {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	conn, err := e.connection(ctx)
	if err != nil {
		return withoutURL(err)
	}
	return withoutURL(request(ctx, conn))
}

func (e *endpoint) connection(ctx context.Context) (*rpc.Client, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn != nil {
		return e.conn, nil
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = idleConnections
	conn, err := rpc.DialOptions(ctx, e.url, rpc.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		return nil, err
	}
	e.conn, e.transport = conn, transport
	return conn, nil
}

func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.conn == nil {
		return
	}
	e.conn.Close()
	e.transport.CloseIdleConnections()
	e.conn = nil
}
