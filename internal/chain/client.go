package chain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/rpc"
)

// attemptTimeout bounds one request to one node, so that a node that accepts
// and never answers counts as away.
const attemptTimeout = 15 * time.Second

// Client reads and writes one chain. It is safe for concurrent use.
type Client struct {
	// Log is told when a node is left for the next one; Now is the wall clock.
	// Both have defaults and may be set before the first use.
	Log *slog.Logger
	Now func() time.Time

	chainID    uint64
	endpoints  []*endpoint
	preferred  atomic.Int32 // index of the endpoint that answered last
	entryPoint codeCache
	lane       laneGas
}

// Dial connects to the nodes of one chain. It fails when nodes belong to
// different chains, or when none answers; nodes that are away now are tried
// again when they are needed.
func Dial(ctx context.Context, urls ...string) (*Client, error) {
	if len(urls) == 0 {
		return nil, errors.New("connect to chain: no RPC URL is given")
	}
	endpoints := make([]*endpoint, len(urls))
	for i, url := range urls {
		endpoints[i] = newEndpoint(url)
	}
	c := &Client{Log: slog.New(slog.DiscardHandler), Now: time.Now, endpoints: endpoints}
	if err := c.agree(ctx); err != nil {
		c.Close()
		return nil, fmt.Errorf("connect to chain: %w", err)
	}
	return c, nil
}

// agree asks every node for its chain id and prefers the first that answers.
func (c *Client) agree(ctx context.Context) error {
	ids := make([]uint64, len(c.endpoints))
	errs := make([]error, len(c.endpoints))
	var asked sync.WaitGroup
	for i, e := range c.endpoints {
		asked.Go(func() { ids[i], errs[i] = e.chainID(ctx) })
	}
	asked.Wait()

	first := -1
	for i, e := range c.endpoints {
		if errs[i] != nil {
			continue
		}
		if first >= 0 && ids[i] != ids[first] {
			return fmt.Errorf("%s is on chain %d and %s on chain %d: give nodes of one chain", c.endpoints[first].name, ids[first], e.name, ids[i])
		}
		if first < 0 {
			first = i
		}
		e.checked.Store(true)
	}
	if first < 0 {
		return fmt.Errorf("%w: %w", ErrUnavailable, errors.Join(errs...))
	}
	c.chainID = ids[first]
	c.preferred.Store(int32(first))
	return nil
}

// ChainID is the chain that every node of the client is on.
func (c *Client) ChainID() uint64 { return c.chainID }

// Close ends the connections that Dial has made.
func (c *Client) Close() {
	for _, e := range c.endpoints {
		e.close()
	}
}

// call is one JSON-RPC request; result may be nil. name says in errors what
// was being done.
func (c *Client) call(ctx context.Context, name string, result any, method string, args ...any) error {
	err := c.attempt(ctx, func(ctx context.Context, conn *rpc.Client) error {
		return conn.CallContext(ctx, result, method, args...)
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// batch is several requests in one; the first that failed is the error.
func (c *Client) batch(ctx context.Context, name string, requests []rpc.BatchElem) error {
	if len(requests) == 0 {
		return nil
	}
	err := c.attempt(ctx, func(ctx context.Context, conn *rpc.Client) error {
		if err := conn.BatchCallContext(ctx, requests); err != nil {
			return err
		}
		for _, r := range requests {
			if r.Error != nil {
				return r.Error
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// attempt runs request on the preferred node, and on the others in turn while
// nodes cannot be reached. Every request must be safe to send twice.
func (c *Client) attempt(ctx context.Context, request func(context.Context, *rpc.Client) error) error {
	var failures []error
	start := int(c.preferred.Load())
	for i := range c.endpoints {
		index := (start + i) % len(c.endpoints)
		e := c.endpoints[index]
		err := e.use(ctx, c.chainID, request)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !isAway(err) {
			c.preferred.Store(int32(index))
			return classify(err)
		}
		e.checked.Store(false)
		failures = append(failures, fmt.Errorf("%s: %w", e.name, err))
		c.Log.Warn("node does not answer", "chain", c.chainID, "node", e.name, "error", err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, errors.Join(failures...))
}

// bigOf reads an optional hex number; nil stays nil.
func bigOf(n *hexutil.Big) *big.Int { return (*big.Int)(n) }
