package devchain

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"

	"github.com/ethereum/go-ethereum/eth/tracers"
	"github.com/ethereum/go-ethereum/log"
	"github.com/ethereum/go-ethereum/params"
)

// routeLogs sends what the node has to say to logger: errors as they are, its
// warnings at debug level, since they speak of peers, snapshots and reverted
// calls that mean nothing on a chain of one node. The node has one log for the
// whole process, so of two nodes the later one's logger gets all.
func routeLogs(logger *slog.Logger) {
	handler := quieter{logger.Handler()}.WithAttrs([]slog.Attr{slog.String("component", "devchain")})
	// The wrapper hides the concrete type: given that, the node's log package
	// would also replace the process-wide slog default.
	log.SetDefault(struct{ log.Logger }{log.NewLogger(handler)})
}

// quieter drops the running commentary of a node and lowers its warnings.
type quieter struct{ slog.Handler }

func (q quieter) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, lowered(level))
}

func (q quieter) Handle(ctx context.Context, record slog.Record) error {
	record.Level = lowered(record.Level)
	return q.Handler.Handle(ctx, record)
}

func lowered(level slog.Level) slog.Level {
	if level == slog.LevelWarn {
		return slog.LevelDebug
	}
	return level
}

func (q quieter) WithAttrs(attrs []slog.Attr) slog.Handler {
	return quieter{q.Handler.WithAttrs(attrs)}
}

func (q quieter) WithGroup(name string) slog.Handler {
	return quieter{q.Handler.WithGroup(name)}
}

// refuseScriptTracers answers a request for a JavaScript tracer, or for a
// tracer that does not exist, with an error instead of a crashed handler.
var refuseScriptTracers = sync.OnceFunc(func() {
	tracers.DefaultDirectory.RegisterJSEval(func(string, *tracers.Context, json.RawMessage, *params.ChainConfig) (*tracers.Tracer, error) {
		return nil, errors.New("unknown tracer: this chain has native tracers only, such as callTracer, prestateTracer and erc7562Tracer; JavaScript tracers are not built in")
	})
})
